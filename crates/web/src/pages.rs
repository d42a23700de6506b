//! Pages: templates built into the binary, rendered with escaping on, sent with strict headers.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::Error;
use gantry_crypto::{Random, token};
use minijinja::{Environment, UndefinedBehavior, Value};
use rust_embed::RustEmbed;

use crate::assets::Assets;

#[derive(RustEmbed)]
#[folder = "../../templates"]
struct Files;

/// The templates, compiled, with the assets that they use.
pub struct Pages {
    templates: Environment<'static>,
    /// Stylesheets and scripts.
    pub assets: Assets,
}

impl Pages {
    /// Compiles every template.
    ///
    /// # Errors
    /// When one is wrong, which a test notices first.
    pub fn load() -> Result<Self, minijinja::Error> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for name in Files::iter() {
            if let Some(file) = Files::get(&name) {
                let text = String::from_utf8_lossy(&file.data).into_owned();
                templates.add_template_owned(name.into_owned(), text)?;
            }
        }
        Ok(Self { templates, assets: Assets::load() })
    }

    /// Renders a template; what is wrong with it is a fault of ours.
    pub fn render(&self, template: &str, context: Value) -> Result<String, Error> {
        let template = self.templates.get_template(template).map_err(Error::internal)?;
        template.render(context).map_err(Error::internal)
    }
}

/// A fresh nonce for the page's script.
pub fn nonce(random: &Random) -> String {
    token::generate(None, random)
}

/// The page with the headers that keep it from being framed, cached, sniffed or extended.
pub fn answer(status: StatusCode, html: impl Into<Body>, nonce: &str, secure: bool) -> Response {
    // No `form-action`: browsers hold the whole redirect chain behind a form to it, and where an app sends people after
    // its login handler is the app's business.
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; img-src 'self' data:; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = (status, axum::response::Html(html.into())).into_response();
    let headers = response.headers_mut();
    let policy = HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    harden(headers, secure);
    response
}

/// The headers that every answer of the hosted pages has.
pub fn harden(headers: &mut axum::http::HeaderMap, secure: bool) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // `same-origin` and not `no-referrer`: under that one, browsers send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
}
