//! Routes of the LoginRocket API. Each call accepts POST, and also GET, since old clients use JSONP only.

use axum::Router;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use gantry_web::routes::{self, Route, at};

use super::gate;
use super::refusal::Refusal;
use super::{auth_providers, emails, login, logout, passwords, script, session, signup};
use crate::loginrocket::LoginRocket;

/// Creates the router, to be nested at `/v1`.
pub fn router(loginrocket: &LoginRocket) -> Router<LoginRocket> {
    routes::router(calls())
        .fallback(|| async { Refusal::transport(StatusCode::NOT_FOUND, "There is no such call") })
        .method_not_allowed_fallback(|| async {
            Refusal::transport(StatusCode::METHOD_NOT_ALLOWED, "Calls are made by POST or GET")
        })
        .layer(from_fn_with_state(loginrocket.clone(), gate::pass))
        .route("/authrocket.js", get(script::library))
        .route("/proof_of_work.js", get(script::work))
}

/// Lists all calls.
pub fn calls() -> Vec<Route<LoginRocket>> {
    vec![
        call("/login", login::submit),
        call("/login/code", login::code),
        call("/logout", logout::submit),
        call("/signup", signup::submit),
        call("/password/forgot", passwords::forgot),
        call("/password/reset", passwords::reset),
        call("/password/update", passwords::update),
        call("/email/verify", emails::verify),
        call("/email/request", emails::request),
        call("/session", session::show),
        call("/auth_providers", auth_providers::list),
    ]
}

fn call<T: 'static>(path: &'static str, handler: impl Handler<T, LoginRocket>) -> Route<LoginRocket> {
    at(path).get(handler.clone()).post(handler)
}
