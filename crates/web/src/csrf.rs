//! Forms that only our own pages can send.
//!
//! Two walls: what the browser says of where a POST comes from (`Sec-Fetch-Site`, `Origin`), and a token in the form
//! that has to belong to a cookie of this browser. Either alone refuses a form from another site.

use axum::http::{HeaderMap, HeaderValue, header};
use gantry_core::web_origin::WebOrigin;
use gantry_crypto::{Random, hex, token};

use crate::cookies;

const COOKIE: &str = "gantry_csrf";

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
    if let Some(value) = cookies::read(headers, secure, COOKIE).filter(|value| value.len() == 43) {
        return Issued { token: form_token(&value), cookie: None };
    }
    let value = token::generate(None, random);
    let cookie = cookies::set(secure, COOKIE, &value, None);
    Issued { token: form_token(&value), cookie: Some(cookie) }
}

/// Whether this POST was sent by a page of ours. `origin` is the page's own.
pub fn holds(headers: &HeaderMap, secure: bool, origin: &WebOrigin, sent: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let same_origin = text(header::ORIGIN.as_str()).is_none_or(|from| WebOrigin::parse(from).as_ref() == Some(origin));
    let bound = match (cookies::read(headers, secure, COOKIE), sent) {
        (Some(value), Some(sent)) => token::same(form_token(&value).as_bytes(), sent.as_bytes()),
        _ => false,
    };
    same_site && same_origin && bound
}

/// Made from the cookie's value one way, so that a page's source does not give the cookie away.
fn form_token(value: &str) -> String {
    hex::encode(&token::hash(&format!("form {value}")))
}
