//! Reader of a page: their language, and links to the page in other languages.
//!
//! Guarantee: no link repeats a token. An address with a token or with parameters from another site gets no links.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, Uri, header};
use gantry_web::languages::{Language, Languages};
use gantry_web::pairs;
use minijinja::{Value, context};
use url::form_urlencoded::Serializer;

use crate::kept::{Kept, param};
use crate::loginrocket::LoginRocket;
use crate::notices;

/// Query parameters that are secret or work only once.
const SECRET: [&str; 3] = ["token", "code", "state"];

/// Query parameters that language links keep. Others are dropped.
const KEPT: [&str; 4] = ["redir", "redirect_uri", "prompt", "form"];

/// Reader of a page.
#[derive(Clone)]
pub struct Reader {
    /// Language of the page.
    pub language: Arc<Language>,
    /// Query of the page without the language; `None` if the address must not be repeated.
    query: Option<String>,
}

impl Reader {
    /// Determines the reader from the request.
    pub fn of(loginrocket: &LoginRocket, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self { language: language(loginrocket, uri, headers), query: again(method, uri) }
    }

    /// Makes the language links lead to the kept parameters with this name of a form's cookie.
    pub fn leads_to(&mut self, kept: &Kept, form: &str) {
        let kept = Kept { locale: None, ..kept.clone() }.query();
        self.query = Some(Serializer::new(kept).append_pair("form", form).finish());
    }

    /// Returns the links to the page in each language, for `layout.html`; `None` if its address must not be repeated.
    /// The links are relative, so they keep the path.
    pub fn choices(&self, languages: &Languages) -> Option<Value> {
        let query = self.query.as_ref()?;
        let choice = |language: &Arc<Language>| {
            let locale = Serializer::new(query.clone()).append_pair("locale", language.tag()).finish();
            context! { tag => language.tag(), name => language.say("language-name"), url => format!("?{locale}") }
        };
        Some(languages.all().map(choice).collect())
    }
}

/// Returns the language of the address, or else the browser's preferred one.
pub fn language(loginrocket: &LoginRocket, uri: &Uri, headers: &HeaderMap) -> Arc<Language> {
    let languages = &loginrocket.pages.languages;
    let named = param(uri, "locale").and_then(|tag| languages.named(&tag).cloned());
    named.unwrap_or_else(|| {
        let liked = headers.get(header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        Arc::clone(languages.accepted(liked.unwrap_or_default()))
    })
}

/// The response to a form keeps only the parameters that a login page passes on.
fn again(method: &Method, uri: &Uri) -> Option<String> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some(Kept { locale: None, ..Kept::of(uri) }.query());
    }
    let pairs = pairs::decode(uri.query().unwrap_or_default()).ok()?;
    let is_secret = pairs.iter().any(|(name, _)| SECRET.contains(&name.as_str()));
    let is_kept = |name: &str, value: &str| KEPT.contains(&name) || (name == "notice" && notices::key(value).is_some());
    let kept = pairs.iter().filter(|(name, value)| is_kept(name, value));
    (!is_secret).then(|| Serializer::new(String::new()).extend_pairs(kept).finish())
}
