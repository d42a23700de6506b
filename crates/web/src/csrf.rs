//! CSRF protection: only our own pages can send forms.
//!
//! Two independent checks refuse a form from another site: the headers that state the origin of a POST
//! (`Sec-Fetch-Site`, `Origin`), and a token in the form that is bound to a cookie of this browser. Each form has its
//! own token, so that a form that is sent twice can be told from two forms.

use axum::http::{HeaderMap, HeaderValue, header};
use gantry_core::web_origin::WebOrigin;
use gantry_crypto::{Random, hex, token};

use crate::cookies;

const COOKIE: &str = "gantry_csrf";

/// Length of the cookie's value, as [`token::generate`] creates it.
const VALUE: usize = 43;
/// Random bytes that make each form's token unique.
const SERIAL: usize = 16;

/// Token of a form, and the cookie to set if the browser has none yet.
#[derive(Debug)]
pub struct Issued {
    /// Value of the form's hidden field `csrf`.
    pub token: String,
    /// Value of the `Set-Cookie` header.
    pub cookie: Option<HeaderValue>,
}

/// Creates a token for a form in this browser.
pub fn issue(headers: &HeaderMap, secure: bool, random: &Random) -> Issued {
    let mut serial = [0; SERIAL];
    random.fill(&mut serial);
    let serial = hex::encode(&serial);
    if let Some(value) = cookie(headers, secure) {
        return Issued { token: form_token(&value, &serial), cookie: None };
    }
    let value = token::generate(None, random);
    let cookie = cookies::set(secure, COOKIE, &value, None);
    Issued { token: form_token(&value, &serial), cookie: Some(cookie) }
}

/// Returns the value of this browser's cookie, a secret that no page contains.
pub fn cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    cookies::read(headers, secure, COOKIE).filter(|value| value.len() == VALUE)
}

/// Returns whether this POST was sent by one of our pages. `origin` is our own origin, `sent` the token in the form.
pub fn holds(headers: &HeaderMap, secure: bool, origin: &WebOrigin, sent: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let same_origin = text(header::ORIGIN.as_str()).is_none_or(|from| WebOrigin::parse(from).as_ref() == Some(origin));
    let bound = match (cookie(headers, secure), sent.and_then(|sent| Some((sent, sent.split_once('-')?.0)))) {
        (Some(value), Some((sent, serial))) => token::same(form_token(&value, serial).as_bytes(), sent.as_bytes()),
        _ => false,
    };
    same_site && same_origin && bound
}

/// Derives the token from the cookie's value with a one-way hash, so that a page's source does not reveal the cookie.
fn form_token(value: &str, serial: &str) -> String {
    format!("{serial}-{}", hex::encode(&token::hash(&format!("form {serial} {value}"))))
}
