//! Cross-origin resource sharing: the headers by which browsers let a page of the app call and read the response.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;

/// Seconds for which a browser may cache a preflight; Chromium caps it at two hours anyway. An origin removed from the
/// app's list is refused at the call itself.
const MAX_AGE: &str = "7200";

/// Answers a preflight request.
pub fn preflight(caller: &Caller) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if caller.page().is_some() {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let taken = HeaderValue::from_static("accept, content-type, x-requested-with");
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, taken);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    }
    response
}

/// Lets the page read the response, and its browser store the cookie.
pub fn write(caller: &Caller, headers: &mut HeaderMap) {
    if let Some(origin) = caller.page() {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        let exposed = HeaderValue::from_static("retry-after, x-request-id");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
