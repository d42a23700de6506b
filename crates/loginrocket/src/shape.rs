//! Error responses that no handler has written, such as the framework's own: for a page they become a page in the
//! reader's language, for the API a JSON error.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use gantry_web::pages;
use gantry_web::request_id::{self, RequestId};
use serde_json::json;

use crate::loginrocket::LoginRocket;
use crate::page;
use crate::reader::{self, Reader};

/// The parts of a request that are kept when its body goes to a handler.
#[derive(Debug)]
pub struct RequestHead {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl RequestHead {
    /// Copies the parts of this request.
    pub fn of(request: &Request) -> Self {
        Self { method: request.method().clone(), uri: request.uri().clone(), headers: request.headers().clone() }
    }

    fn is_of_api(&self) -> bool {
        self.uri.path() == "/v1" || self.uri.path().starts_with("/v1/")
    }
}

impl LoginRocket {
    /// Returns the error as a page or as an API error, depending on the path.
    pub fn shape(&self, head: &RequestHead, response: Response) -> Response {
        let (parts, _) = response.into_parts();
        let words = words(parts.status);
        let mut shaped = if head.is_of_api() {
            let language = reader::language(self, &head.uri, &head.headers);
            let mut response = (parts.status, Json(json!({ "error": language.say(words.1) }))).into_response();
            pages::harden(response.headers_mut(), self.secure);
            response
        } else {
            let reader = Reader::of(self, &head.method, &head.uri, &head.headers);
            page::nameless(self, &reader, parts.status, words).into_response()
        };
        let headers = shaped.headers_mut();
        for (name, value) in parts.headers {
            // Only the headers of the replaced body are dropped; `Allow` and `Retry-After` remain.
            if let Some(name) = name
                && ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(&name)
            {
                headers.insert(name, value);
            }
        }
        headers.entry(request_id::HEADER).or_insert_with(|| RequestId::new(&self.core).header());
        shaped
    }
}

/// Returns the keys of title and text.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("missing-title", "missing"),
        StatusCode::METHOD_NOT_ALLOWED => ("failed-title", "failed-method"),
        StatusCode::SERVICE_UNAVAILABLE => ("busy-title", "busy"),
        status if status.is_server_error() => ("fault-title", "fault"),
        _ => ("failed-title", "failed-again"),
    }
}
