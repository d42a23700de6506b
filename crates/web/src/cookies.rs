//! Cookies as strict as the scheme allows: host-only, `HttpOnly`, `SameSite=Lax`, and with https the `__Host-` prefix,
//! so that no other host can set them.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

/// Returns a cookie's full name; `secure` means https.
pub fn name(secure: bool, short: &str) -> String {
    if secure { format!("__Host-{short}") } else { short.to_owned() }
}

/// Returns the value that the browser sent.
pub fn read(headers: &HeaderMap, secure: bool, short: &str) -> Option<String> {
    let wanted = name(secure, short);
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == wanted).map(|c| c.value().to_owned())
}

/// Returns the short names and values of all cookies that the browser sent for this scheme.
pub fn sent(headers: &HeaderMap, secure: bool) -> Vec<(String, String)> {
    let prefix = name(secure, "");
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = sent.flat_map(Cookie::split_parse).flatten();
    cookies.filter_map(|c| Some((c.name().strip_prefix(&prefix)?.to_owned(), c.value().to_owned()))).collect()
}

/// Returns a `Set-Cookie` value. `seconds` is the lifetime; `None` keeps the cookie until the browser closes, 0 deletes
/// it.
pub fn set(secure: bool, short: &str, value: &str, seconds: Option<i64>) -> HeaderValue {
    let mut cookie = Cookie::build((name(secure, short), value.to_owned()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax);
    if let Some(seconds) = seconds {
        cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
    }
    HeaderValue::from_str(&cookie.build().to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}
