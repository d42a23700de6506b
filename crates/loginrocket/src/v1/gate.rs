//! What stands before every call: the host has to be in use, and its caller one who may call. What every answer carries:
//! its request id, and headers that keep it from caches, frames and foreign readers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gantry_web::pages;
use gantry_web::request_id::{self, RequestId};

use super::answer::Refusal;
use super::caller::Caller;
use super::{cors, jsonp};
use crate::routes::LoginRocket;
use crate::site::Site;

const FOREIGN: Refusal =
    Refusal::Transport(StatusCode::FORBIDDEN, "This origin is none of the Connected App's allowed origins");

/// Who was let in.
#[derive(Clone)]
pub struct Admitted {
    /// The host.
    pub site: Arc<Site>,
    /// Who calls.
    pub caller: Caller,
}

/// Lets a call in, and sends its answer off.
pub async fn pass(State(loginrocket): State<LoginRocket>, request: Request, next: Next) -> Response {
    let id = RequestId::new(&loginrocket.core);
    let (parts, body) = request.into_parts();
    let mut response = match admit(&loginrocket, &parts).await {
        Err(refusal) => refusal.into_response(),
        Ok(admitted) => {
            let caller = admitted.caller.clone();
            let mut response = answer(admitted, Request::from_parts(parts, body), next).await;
            cors::write(&caller, response.headers_mut());
            response
        }
    };
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(request_id = id.0, "answered 500");
    }
    let headers = response.headers_mut();
    pages::harden(headers, loginrocket.secure);
    headers.insert(request_id::HEADER, id.header());
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    response
}

async fn admit(loginrocket: &LoginRocket, parts: &Parts) -> Result<Admitted, Refusal> {
    let site = Site::of(loginrocket, parts).await.map_err(|error| match error {
        gantry_core::Error::NotFound(_) => Refusal::Transport(StatusCode::NOT_FOUND, "There is nothing at this host"),
        error => error.into(),
    })?;
    let caller =
        Caller::of(&parts.headers, &site, jsonp::asked(&site, &parts.method, &parts.uri)).map_err(|_| FOREIGN)?;
    Ok(Admitted { site: Arc::new(site), caller })
}

async fn answer(admitted: Admitted, mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return cors::preflight(&admitted.caller);
    }
    let callback = match jsonp::callback(&request, &admitted.site) {
        Ok(callback) => callback,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(admitted);
    let response = next.run(request).await;
    match callback {
        Some(callback) => jsonp::wrap(response, &callback).await,
        None => response,
    }
}
