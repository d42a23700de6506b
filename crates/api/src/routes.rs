//! All routes of the API.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use gantry_web::routes::{self, Route, at};

use crate::answer::with_request_id;
use crate::api::Api;
use crate::error::Refusal;
use crate::reference::{self, Reference};
use crate::v1::{
    app_hooks, auth_providers, authenticate, credentials, email_verification, events, hook_trials, jwt_keys,
    login_policies, memberships, orgs, passwords, realms, recovery_codes, sessions, social, user_tokens, users,
};

/// Returns the router with the API at `/v1` and its reference at `/docs`.
pub fn router(api: Arc<Api>, reference: Reference) -> Router {
    let core = Arc::clone(&api.core);
    routes::router(routes())
        .fallback(|| async { Refusal::Transport(StatusCode::NOT_FOUND, "There is no such address in the API") })
        .method_not_allowed_fallback(|| async {
            Refusal::Transport(StatusCode::METHOD_NOT_ALLOWED, "This address does not support this method")
        })
        .with_state(api)
        .layer(from_fn_with_state(core, with_request_id))
        .merge(reference::router(reference))
}

/// Returns the method and path of every route.
pub fn listed() -> Vec<(&'static str, &'static str)> {
    routes::listed(&routes())
}

fn routes() -> Vec<Route<Arc<Api>>> {
    vec![
        at("/v1/realms").get(realms::list).post(realms::create),
        at("/v1/realms/{id}").get(realms::show).put(realms::update).delete(realms::delete),
        at("/v1/realms/{id}/reset").post(realms::reset),
        at("/v1/users").get(users::list).post(users::create),
        at("/v1/users/{key}").get(users::show).put(users::update).delete(users::delete),
        at("/v1/users/authenticate_key").post(authenticate::by_key),
        at("/v1/users/{key}/authenticate").post(authenticate::by_password),
        at("/v1/users/{key}/authenticate_code").post(authenticate::by_code),
        at("/v1/users/{key}/update_password").put(passwords::update),
        at("/v1/users/{key}/generate_password_token").post(passwords::generate_token),
        at("/v1/users/{key}/reset_password_with_token").post(passwords::reset),
        at("/v1/users/{key}/request_email_verification").post(email_verification::request),
        at("/v1/users/{key}/verify_email").post(email_verification::verify),
        at("/v1/users/{key}/recovery_codes").get(recovery_codes::count).post(recovery_codes::make),
        at("/v1/users/{key}/unlock").post(users::unlock),
        at("/v1/users/{key}/known_browsers").delete(users::forget_browsers),
        at("/v1/user_tokens").post(user_tokens::create),
        at("/v1/user_tokens/{id}").get(user_tokens::show),
        at("/v1/credentials").post(credentials::create),
        at("/v1/credentials/{id}").get(credentials::show).put(credentials::update).delete(credentials::delete),
        at("/v1/credentials/{id}/verify").post(credentials::verify),
        at("/v1/orgs").get(orgs::list).post(orgs::create),
        at("/v1/orgs/{id}").get(orgs::show).put(orgs::update).delete(orgs::delete),
        at("/v1/memberships").get(memberships::list).post(memberships::create),
        at("/v1/memberships/{id}").get(memberships::show).put(memberships::update).delete(memberships::delete),
        at("/v1/auth_providers").get(auth_providers::list).post(auth_providers::create),
        at("/v1/auth_providers/authorize").get(social::list).post(social::finish),
        at("/v1/auth_providers/{id}/authorize").get(social::start).post(social::vouch),
        at("/v1/auth_providers/{id}")
            .get(auth_providers::show)
            .put(auth_providers::update)
            .delete(auth_providers::delete),
        at("/v1/app_hooks").get(app_hooks::list).post(app_hooks::create),
        at("/v1/app_hooks/{id}").get(app_hooks::show).put(app_hooks::update).delete(app_hooks::delete),
        at("/v1/app_hooks/{id}/ping").post(hook_trials::ping),
        at("/v1/app_hooks/{id}/preview").post(hook_trials::preview),
        at("/v1/app_hooks/{id}/rotate_secret").post(hook_trials::rotate_secret),
        at("/v1/app_hooks/{id}/replay").post(hook_trials::replay),
        at("/v1/jwt_keys").get(jwt_keys::list).post(jwt_keys::create),
        at("/v1/jwt_keys/{id}").get(jwt_keys::show).delete(jwt_keys::delete),
        at("/v1/jwt_keys/{id}/rotate").post(jwt_keys::rotate),
        at("/v1/sessions").get(sessions::list).post(sessions::create).delete(sessions::delete_all),
        at("/v1/sessions/verify").post(sessions::verify),
        at("/v1/sessions/{id}").get(sessions::show).delete(sessions::delete),
        at("/v1/login_policies").get(login_policies::list).post(login_policies::create),
        at("/v1/login_policies/{id}")
            .get(login_policies::show)
            .put(login_policies::update)
            .delete(login_policies::delete),
        at("/v1/events").get(events::list),
        at("/v1/events/{id}").get(events::show),
    ]
}
