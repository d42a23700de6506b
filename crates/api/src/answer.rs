//! What every API response carries: the request id (as a header and in error bodies), the caller's rate-limit state and
//! `no-store`.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gantry_core::Core;
use gantry_core::fields::UnreadNames;
use gantry_web::request_id::{self, RequestId};

use crate::{ignored, rates};

/// Largest error body that is processed, in bytes; a larger one is dropped. Error bodies are a few sentences.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// Assigns the request id and adds the common headers to the response.
pub async fn with_request_id(State(core): State<Arc<Core>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new(&core);
    let told = rates::Told::default();
    let has_body = !request.body().is_end_stream();
    let unread = if has_body { UnreadNames::tracking() } else { UnreadNames::default() };
    if has_body {
        request.extensions_mut().insert(unread.clone());
    }
    request.extensions_mut().insert(Arc::clone(&told));
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = name_request(response, &id).await;
    }
    if response.status().is_success() {
        ignored::write(response.headers_mut(), &unread.list());
    }
    let limited = response.status() == StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    if let Some(standing) = told.get() {
        standing.write(headers);
    }
    if let Some(seconds) = headers.get(header::RETRY_AFTER).filter(|_| limited) {
        let seconds = seconds.to_str().ok().and_then(|text| text.parse().ok()).unwrap_or(1);
        rates::write_reset(headers, core.clock.now_ms(), seconds);
    }
    headers.insert(request_id::HEADER, id.header());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Converts an error response that no handler made, such as the framework's own, to the API's format.
pub fn shape(core: &Core, response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let known = parts.headers.get(request_id::HEADER).and_then(|id| id.to_str().ok()).map(str::to_owned);
    let id = known.map_or_else(|| RequestId::new(core), RequestId);
    let told = serde_json::json!({ "error": sentence(parts.status), "request_id": id.0 });
    let mut response = (parts.status, Json(told)).into_response();
    let headers = response.headers_mut();
    for (name, value) in parts.headers {
        // Drops the headers of the replaced body only: `Allow` and `Retry-After` stay.
        if let Some(name) = name
            && ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(&name)
        {
            headers.insert(name, value);
        }
    }
    headers.insert(request_id::HEADER, id.header());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn sentence(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is no such address in the API",
        StatusCode::METHOD_NOT_ALLOWED => "This address does not support this method",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is too large",
        StatusCode::SERVICE_UNAVAILABLE => "The server is busy, please try again",
        status if status.is_server_error() => "Something went wrong on the server",
        _ => "The request cannot be read: its address must be UTF-8 behind its percent signs",
    }
}

/// Adds `request_id` to an error's JSON body.
async fn name_request(response: Response, id: &RequestId) -> Response {
    let (mut parts, body) = response.into_parts();
    if parts.status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(request_id = id.0, "answered 500");
    }
    let Ok(bytes) = to_bytes(body, MOST_ERROR_BYTES).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Ok(serde_json::Value::Object(mut told)) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    told.insert("request_id".to_owned(), id.0.clone().into());
    let text = serde_json::Value::Object(told).to_string();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}
