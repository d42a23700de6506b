//! Every route of the API, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use gantry_core::Core;

use crate::answer::with_request_id;
use crate::error::Refusal;
use crate::v1::{events, login_policies, realms, sessions, users};

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// The product.
    pub core: Arc<Core>,
    /// Connected Apps answer at `<subdomain>.<this>`.
    pub login_domain: Arc<str>,
    /// Largest body, in bytes.
    pub body_limit: usize,
}

/// The API at `/v1`.
pub fn router(api: Api) -> Router {
    let core = Arc::clone(&api.core);
    Router::new()
        .route("/v1/realms", get(realms::list).post(realms::create))
        .route("/v1/realms/{id}", get(realms::show).put(realms::update).delete(realms::delete))
        .route("/v1/users", get(users::list).post(users::create))
        .route("/v1/users/{key}", get(users::show).put(users::update).delete(users::delete))
        .route("/v1/users/{key}/authenticate", post(users::authenticate))
        .route("/v1/sessions", get(sessions::list).post(sessions::create))
        .route("/v1/sessions/{id}", get(sessions::show).delete(sessions::delete))
        .route("/v1/login_policies", get(login_policies::list).post(login_policies::create))
        .route(
            "/v1/login_policies/{id}",
            get(login_policies::show).put(login_policies::update).delete(login_policies::delete),
        )
        .route("/v1/events", get(events::list))
        .route("/v1/events/{id}", get(events::show))
        .fallback(|| async { Refusal::Transport(StatusCode::NOT_FOUND, "There is no such address in the API") })
        .method_not_allowed_fallback(|| async {
            Refusal::Transport(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method")
        })
        .with_state(api)
        .layer(from_fn_with_state(core, with_request_id))
}
