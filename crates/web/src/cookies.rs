//! Cookies as strict as the address allows: host-only, `HttpOnly`, `SameSite=Lax`, and on https with the `__Host-` name
//! that no other host can set.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

/// A cookie's full name at this kind of address.
pub fn name(secure: bool, short: &str) -> String {
    if secure { format!("__Host-{short}") } else { short.to_owned() }
}

/// The value that the browser sent.
pub fn read(headers: &HeaderMap, secure: bool, short: &str) -> Option<String> {
    let wanted = name(secure, short);
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(Cookie::split_parse).flatten().find(|cookie| cookie.name() == wanted).map(|c| c.value().to_owned())
}

/// Short names and values of all cookies of this kind of address that the browser sent.
pub fn sent(headers: &HeaderMap, secure: bool) -> Vec<(String, String)> {
    let prefix = name(secure, "");
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = sent.flat_map(Cookie::split_parse).flatten();
    cookies.filter_map(|c| Some((c.name().strip_prefix(&prefix)?.to_owned(), c.value().to_owned()))).collect()
}

/// A `Set-Cookie` value. `seconds`: how long the browser keeps it; none: until it closes; 0: not at all.
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
