//! What every answer of the API carries: the request id, as a header and in error bodies; where the caller stands with
//! its limit; never cached.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use gantry_core::Core;
use gantry_web::request_id::{self, RequestId};

use crate::rates;

/// An error body is a few sentences; more than this is passed on as it is.
const MOST_ERROR_BYTES: usize = 64 * 1024;

/// Gives the request its id and puts it onto the answer.
pub async fn with_request_id(State(core): State<Arc<Core>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::new(&core);
    let told = rates::Told::default();
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(Arc::clone(&told));
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = name_request(response, &id).await;
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
