//! Who reads a page: their language, and where the same page is in the others.
//!
//! Guarantee: no link repeats a token. An address that holds one, or what another site sent back, is not led to again.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, Uri, header};
use gantry_web::languages::{Language, Languages};
use gantry_web::pairs;
use minijinja::{Value, context};
use url::form_urlencoded::Serializer;

use crate::kept::{Kept, param};
use crate::loginrocket::LoginRocket;
use crate::notices;

/// Parameters of addresses that work once, or only for whoever was given them.
const SECRET: [&str; 3] = ["token", "code", "state"];

/// Parameters that a page has in any language. What else an address says, its page does not say again.
const KEPT: [&str; 4] = ["redir", "redirect_uri", "prompt", "form"];

/// One of a page's readers.
#[derive(Clone)]
pub struct Reader {
    /// What they read.
    pub language: Arc<Language>,
    /// What the page's address has besides the language; none where it cannot be opened again.
    query: Option<String>,
}

impl Reader {
    /// Whoever sent this request.
    pub fn of(loginrocket: &LoginRocket, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self { language: language(loginrocket, uri, headers), query: again(method, uri) }
    }

    /// The same page is at what is kept, under this name of a form.
    pub fn leads_to(&mut self, kept: &Kept, form: &str) {
        let kept = Kept { locale: None, ..kept.clone() }.query();
        self.query = Some(Serializer::new(kept).append_pair("form", form).finish());
    }

    /// The page in each language, for `layout.html`; none where its address cannot be opened again. The links are
    /// relative, so they keep the path.
    pub fn choices(&self, languages: &Languages) -> Option<Value> {
        let query = self.query.as_ref()?;
        let choice = |language: &Arc<Language>| {
            let locale = Serializer::new(query.clone()).append_pair("locale", language.tag()).finish();
            context! { tag => language.tag(), name => language.say("language-name"), url => format!("?{locale}") }
        };
        Some(languages.all().map(choice).collect())
    }
}

/// The language that the address names, or else the one that the browser likes best.
pub fn language(loginrocket: &LoginRocket, uri: &Uri, headers: &HeaderMap) -> Arc<Language> {
    let languages = &loginrocket.pages.languages;
    let named = param(uri, "locale").and_then(|tag| languages.named(&tag).cloned());
    named.unwrap_or_else(|| {
        let liked = headers.get(header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        Arc::clone(languages.accepted(liked.unwrap_or_default()))
    })
}

/// Of a page that answers a form, the address without it is opened, with what that keeps.
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
