//! Routes of a LoginRocket host.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use gantry_web::routes::{self, Route, at};

use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::site::Site;
use crate::submission::once;
use crate::{
    forget_browser, forgot, jwks, login, login_code, logout, reset, signup, social, social_link, social_signup,
    strength, v1, verify,
};

/// Size limit of forms and calls in bytes; no honest one is larger. Unauthenticated callers may send them, so a
/// thousand at once must fit into memory.
pub const LARGEST_FORM: usize = 64 * 1024;

/// Creates the router for the pages and the API of all LoginRocket hosts; each request's host selects the site.
pub fn router(loginrocket: LoginRocket) -> Router {
    routes::router(pages())
        .nest("/v1", v1::routes::router(&loginrocket))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .with_state(loginrocket)
}

/// Lists method and path of every page and call.
pub fn listed() -> Vec<(&'static str, String)> {
    let pages = routes::listed(&pages()).into_iter().map(|(method, path)| (method, path.to_owned()));
    let calls = routes::listed(&v1::routes::calls()).into_iter().map(|(method, path)| (method, format!("/v1{path}")));
    pages.chain(calls).collect()
}

fn pages() -> Vec<Route<LoginRocket>> {
    vec![
        at("/").get(root),
        at("/login").get(login::show).post(once(login::submit)),
        at("/login/code").get(login_code::show).post(once(login_code::submit)),
        at("/signup").get(signup::show).post(once(signup::submit)),
        at("/logout").get(logout::show).post(once(logout::submit)),
        at("/browser/forget").get(forget_browser::show).post(once(forget_browser::submit)),
        at("/password/forgot").get(forgot::show).post(once(forgot::submit)),
        at("/password/reset").get(reset::show).post(once(reset::submit)),
        at("/password/strength").post(strength::submit),
        at("/.well-known/change-password").get(change_password),
        at("/email/verify").get(verify::show).post(once(verify::submit)),
        at("/email/request").get(verify::show_request).post(once(verify::send_again)),
        at("/auth/callback").get(social::callback),
        at("/auth/link").get(social_link::show).post(once(social_link::submit)),
        at("/auth/link/code").get(social_link::show_code).post(once(social_link::submit_code)),
        at("/auth/signup").get(social_signup::show).post(once(social_signup::submit)),
        at("/auth/{provider}").get(social::start),
        at("/.well-known/jwks.json").get(jwks::show),
        at("/connect/jwks").get(jwks::show),
        at("/assets/{version}/{file}").get(asset),
    ]
}

/// Apps send users to the root path; the query is kept.
async fn root(State(loginrocket): State<LoginRocket>, _site: Site, RawQuery(query): RawQuery) -> Response {
    let to = query.filter(|query| !query.is_empty()).map_or("/login".to_owned(), |query| format!("/login?{query}"));
    page::redirect_with(&loginrocket, &to, Vec::new()).into_response()
}

async fn asset(
    State(loginrocket): State<LoginRocket>,
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    loginrocket.pages.assets.answer(&version, &file, &headers)
}

async fn not_found(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    site.missing(&loginrocket)
}

/// Empty, since the error page or the API's error body is added later, by path.
async fn not_allowed() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

/// W3C well-known URL to which password managers send users for a password change.
async fn change_password(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    page::redirect_with(&loginrocket, &site.kept.at("/password/forgot"), Vec::new())
}
