//! Middleware of all calls: the host must be in use and the caller allowed. Every response carries a request id, and
//! headers that keep it out of caches, frames and pages of other origins.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use gantry_core::auth_providers;
use gantry_core::credentials::PasswordPolicy;
use gantry_web::pages;
use gantry_web::request_id::{self, RequestId};

use super::caller::Caller;
use super::refusal::Refusal;
use super::{cors, jsonp};
use crate::loginrocket::LoginRocket;
use crate::reader;
use crate::site::Site;

const FOREIGN: &str = "This origin is none of the Connected App's allowed origins";

/// Site and caller of an admitted call.
#[derive(Clone)]
pub struct Admitted {
    /// The site of the request's host.
    pub site: Arc<Site>,
    /// Where the call comes from.
    pub caller: Caller,
}

/// Admits or refuses a call, and completes the response's headers.
pub async fn pass(State(loginrocket): State<LoginRocket>, request: Request, next: Next) -> Response {
    let id = RequestId::new(&loginrocket.core);
    let (parts, body) = request.into_parts();
    let mut response = match admit(&loginrocket, &parts).await {
        Err(refusal) => {
            refusal.told(&reader::language(&loginrocket, &parts.uri, &parts.headers), &PasswordPolicy::default())
        }
        Ok(admitted) => {
            let caller = admitted.caller.clone();
            let mut response = answer(&loginrocket, admitted, Request::from_parts(parts, body), next).await;
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
        gantry_core::Error::NotFound(_) => Refusal::transport(StatusCode::NOT_FOUND, "There is nothing at this host"),
        error => error.into(),
    })?;
    let caller = Caller::of(&parts.headers, &site, jsonp::asked(&site, &parts.method, &parts.uri))
        .map_err(|_| Refusal::transport(StatusCode::FORBIDDEN, FOREIGN))?;
    Ok(Admitted { site: Arc::new(site), caller })
}

async fn answer(loginrocket: &LoginRocket, admitted: Admitted, mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return cors::preflight(&admitted.caller);
    }
    let callback = match jsonp::callback(&request, &admitted.site) {
        Ok(callback) => callback,
        Err(refusal) => return tell(loginrocket, &admitted.site, refusal).await,
    };
    let site = Arc::clone(&admitted.site);
    request.extensions_mut().insert(admitted);
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = tell(loginrocket, &site, refusal).await;
    }
    match callback {
        Some(callback) => jsonp::wrap(response, &callback).await,
        None => response,
    }
}

/// Localizes the error. Loads the password policy only for password errors.
async fn tell(loginrocket: &LoginRocket, site: &Site, refusal: Refusal) -> Response {
    let mut policy = PasswordPolicy::default();
    if refusal.fields().iter().any(|error| error.field == "password") {
        match auth_providers::password_policy(&loginrocket.core.db, &site.realm).await {
            Ok(found) => policy = found.unwrap_or_default(),
            Err(error) => return Refusal::from(error).told(&site.reader.language, &policy),
        }
    }
    refusal.told(&site.reader.language, &policy)
}
