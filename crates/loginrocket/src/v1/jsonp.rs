//! JSONP: a response as a script, for old browsers and libraries.
//!
//! Guarantees: only if the Connected App has JSONP enabled, only by GET, only for the calls that had it in AuthRocket
//! 1, and never with a cookie. The callback's name may hold only names and dots, and the response begins with a
//! comment, so that it cannot be interpreted as another file type.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::kept::param;
use crate::site::Site;

const CALLS: [&str; 5] = ["/login", "/login/code", "/logout", "/signup", "/auth_providers"];

const LONGEST_NAME: usize = 100;

/// Limit for the wrapped JSON; our own responses are far smaller.
const MOST_BYTES: usize = 256 * 1024;

/// Returns whether a call may come from a `<script>`, and asks for its response as one.
pub fn asked(site: &Site, method: &Method, uri: &Uri) -> bool {
    site.app.jsonp && method == Method::GET && CALLS.contains(&uri.path()) && param(uri, "callback").is_some()
}

/// Returns the name of the callback function, if the call asks for JSONP.
///
/// # Errors
/// If the app has JSONP disabled, the call does not support it, or the name is not a function's.
pub fn callback(request: &Request, site: &Site) -> Result<Option<String>, Refusal> {
    let by_get = request.method() == Method::GET;
    let Some(name) = param(request.uri(), "callback").filter(|_| by_get) else { return Ok(None) };
    if !site.app.jsonp {
        return Err(Refusal::said("JSONP is switched off: jsonp of the Connected App turns it on"));
    }
    if !CALLS.contains(&request.uri().path()) {
        return Err(Refusal::said("This call has no JSONP"));
    }
    if !is_name(&name) {
        return Err(Refusal::said("Callback must be the name of a function"));
    }
    Ok(Some(name))
}

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$');
    let is_part = |part: &str| part.starts_with(is_letter) && part.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    text.len() <= LONGEST_NAME && text.split('.').all(is_part)
}

/// Wraps the response as a script. Its status is always 200: browsers run no other.
pub async fn wrap(response: Response, callback: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(json) = to_bytes(body, MOST_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // JSON allows these two characters in strings; JavaScript before ES2019 does not.
    let json = String::from_utf8_lossy(&json).replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    parts.status = StatusCode::OK;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::SET_COOKIE);
    // For pages that require this header of their scripts (`Cross-Origin-Embedder-Policy`).
    parts.headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/javascript; charset=utf-8"));
    Response::from_parts(parts, Body::from(format!("/**/typeof {callback}==='function'&&{callback}({json});")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_functions() {
        for name in ["cb", "jQuery111206_1425", "$", "_", "a.b.c", "angular.callbacks._0", "x9"] {
            assert!(is_name(name), "{name}");
        }
        let long = "x".repeat(101);
        for name in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "9a",
            "a b",
            "a-b",
            "a()",
            "alert(1)//",
            "a;b",
            "a[0]",
            "a=b",
            "a/b",
            "*/",
            "a\nb",
            "\u{e4}",
            "<script>",
            "a\u{2028}",
            &long,
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
