//! Forms that only our own pages can send.
//!
//! Two walls: what the browser says of where a POST comes from (`Sec-Fetch-Site`, `Origin`), and a token in the form
//! that belongs to a cookie of this browser. Either alone refuses a form from another site. Each form has a token of its
//! own, so that the second sending of one form is told from the sending of another.

use axum::http::{HeaderMap, HeaderValue, header};
use gantry_core::web_origin::WebOrigin;
use gantry_crypto::{Random, hex, token};

use crate::cookies;

const COOKIE: &str = "gantry_csrf";

/// Characters of a cookie's value, as [`token::generate`] makes it.
const VALUE: usize = 43;
/// Bytes that make a form's token its own.
const SERIAL: usize = 16;

/// A form's token, and the cookie to set if the browser has none yet.
#[derive(Debug)]
pub struct Issued {
    /// Goes into the form's hidden field `csrf`.
    pub token: String,
    /// `Set-Cookie`
    pub cookie: Option<HeaderValue>,
}

/// A token for a form of this browser.
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

/// The value of this browser's cookie: a secret that no page shows.
pub fn cookie(headers: &HeaderMap, secure: bool) -> Option<String> {
    cookies::read(headers, secure, COOKIE).filter(|value| value.len() == VALUE)
}

/// Whether this POST was sent by a page of ours. `origin` is the page's own.
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

/// Made from the cookie's value one way, so that a page's source does not give the cookie away.
fn form_token(value: &str, serial: &str) -> String {
    format!("{serial}-{}", hex::encode(&token::hash(&format!("form {serial} {value}"))))
}
