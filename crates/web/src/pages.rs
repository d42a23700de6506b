//! Pages: templates built into the binary, rendered with escaping, sent with strict headers.

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

/// Compiled templates, with their languages and assets.
pub struct Pages {
    templates: Environment<'static>,
    /// Templates by language tag; in these, `t("key")` returns a message of the language.
    spoken: HashMap<String, Environment<'static>>,
    /// Languages of the pages.
    pub languages: Arc<Languages>,
    /// Stylesheets, scripts and pictures of the pages.
    pub assets: Assets,
}

impl Pages {
    /// Compiles every template.
    ///
    /// # Errors
    /// If a template or a language's file is invalid; a test prevents this.
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

    /// Renders a template that needs no translations. An error is internal.
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

/// Returns the templates with the function `t("key", parameter=value)`.
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

/// Generates a nonce for the page's scripts and styles.
pub fn nonce(random: &Random) -> String {
    token::generate(None, random)
}

/// External sources that a page may load: none, unless its app has its own design.
#[derive(Debug, Default)]
pub struct Outside {
    /// Sources of stylesheets, and of the fonts and pictures that they load.
    pub styles: Vec<String>,
    /// Sources of pictures.
    pub pictures: Vec<String>,
}

/// Returns a page with headers that prevent framing, caching, content sniffing and foreign content.
pub fn answer(status: StatusCode, html: impl Into<Body>, nonce: &str, secure: bool, outside: &Outside) -> Response {
    // No `form-action`: browsers apply it to the whole redirect chain of a form, and we do not control where an app
    // redirects after its login handler.
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

/// Sets the headers of every response of the hosted pages.
pub fn harden(headers: &mut axum::http::HeaderMap, secure: bool) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // `same-origin` and not `no-referrer`: with the latter, browsers send `Origin: null` with our own forms.
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
