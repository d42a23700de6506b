//! Pages: templates built into the binary, rendered with escaping on, sent with strict headers.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::Error;
use gantry_crypto::{Random, token};
use minijinja::value::Kwargs;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use rust_embed::RustEmbed;

use crate::assets::Assets;
use crate::languages::{Language, Languages};

#[derive(RustEmbed)]
#[folder = "../../templates"]
struct Files;

/// The templates, compiled, with the words and assets that they use.
pub struct Pages {
    templates: Environment<'static>,
    /// The same for each language: there `t("key")` says a word of it.
    spoken: HashMap<String, Environment<'static>>,
    /// What pages can say.
    pub languages: Arc<Languages>,
    /// Stylesheets and scripts.
    pub assets: Assets,
}

impl Pages {
    /// Compiles every template.
    ///
    /// # Errors
    /// When one is wrong, or a language's file, which a test notices first.
    pub fn load() -> Result<Self, minijinja::Error> {
        let wrong = |why: String| minijinja::Error::new(ErrorKind::InvalidOperation, why);
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for name in Files::iter() {
            if let Some(file) = Files::get(&name) {
                let text = String::from_utf8_lossy(&file.data).into_owned();
                templates.add_template_owned(name.into_owned(), text)?;
            }
        }
        let languages = Arc::new(Languages::load().map_err(wrong)?);
        let spoken = languages.all().map(|language| (language.tag().to_owned(), speaking(&templates, language)));
        Ok(Self { spoken: spoken.collect(), templates, languages, assets: Assets::load() })
    }

    /// Renders a template that has its own words; what is wrong with it is a fault of ours.
    pub fn render(&self, template: &str, context: Value) -> Result<String, Error> {
        render(&self.templates, template, context)
    }

    /// Renders a template in this language.
    pub fn render_in(&self, language: &Language, template: &str, context: Value) -> Result<String, Error> {
        render(self.spoken.get(language.tag()).unwrap_or(&self.templates), template, context)
    }
}

fn render(templates: &Environment<'_>, template: &str, context: Value) -> Result<String, Error> {
    let template = templates.get_template(template).map_err(Error::internal)?;
    template.render(context).map_err(Error::internal)
}

/// The templates with `t("key", parameter=value)`.
fn speaking(templates: &Environment<'static>, language: &Arc<Language>) -> Environment<'static> {
    let mut templates = templates.clone();
    let language = Arc::clone(language);
    templates.add_function("t", move |key: &str, parameters: Kwargs| {
        let mut given: Vec<(&str, String)> = Vec::new();
        for name in parameters.args() {
            given.push((name, parameters.get::<Value>(name)?.to_string()));
        }
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Ok::<_, minijinja::Error>(language.say_with(key, &given).into_owned())
    });
    templates
}

/// A fresh nonce for the page's script.
pub fn nonce(random: &Random) -> String {
    token::generate(None, random)
}

/// What a page may fetch from other hosts: nothing, unless its app brings a look of its own.
#[derive(Debug, Default)]
pub struct Outside {
    /// Where stylesheets come from, with the fonts and pictures that they name.
    pub styles: Vec<String>,
    /// Where pictures come from.
    pub pictures: Vec<String>,
}

/// The page with the headers that keep it from being framed, cached, sniffed or extended.
pub fn answer(status: StatusCode, html: impl Into<Body>, nonce: &str, secure: bool, outside: &Outside) -> Response {
    // No `form-action`: browsers hold the whole redirect chain behind a form to it, and where an app sends people after
    // its login handler is the app's business.
    let listed = |sources: &[String]| [&[String::new()], sources].concat().join(" ");
    let (styles, pictures) = (listed(&outside.styles), listed(&outside.pictures));
    let mut policy = format!(
        "default-src 'none'; style-src 'self' 'nonce-{nonce}'{styles}; script-src 'nonce-{nonce}'; \
         img-src 'self' data:{styles}{pictures}; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    if !styles.is_empty() {
        policy.push_str("; font-src");
        policy.push_str(&styles);
    }
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
