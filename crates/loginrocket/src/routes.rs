//! Every route of a LoginRocket host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gantry_core::Core;
use gantry_social::Social;
use gantry_web::pages::Pages;

use crate::look::Looks;
use crate::page::{self, Shown};
use crate::site::{self, Site};
use crate::{forgot, login, login_code, logout, reset, signup, social, social_link, social_signup, strength, verify};

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct LoginRocket {
    /// The product.
    pub core: Arc<Core>,
    /// Speaks to social providers.
    pub social: Arc<Social>,
    /// Templates and assets.
    pub pages: Arc<Pages>,
    /// How apps look.
    pub looks: Arc<Looks>,
    /// Connected Apps answer at `<subdomain>.<this>`.
    pub login_domain: Arc<str>,
    /// Whether browsers reach the hosts by https.
    pub secure: bool,
    /// Largest form, in bytes.
    pub body_limit: usize,
}

/// The pages of every LoginRocket host; which one is told by each request's host.
pub fn router(loginrocket: LoginRocket) -> Router {
    Router::new()
        .route("/", get(root))
        .route("/login", get(login::show).post(login::submit))
        .route("/login/code", get(login_code::begin_anew).post(login_code::submit))
        .route("/signup", get(signup::show).post(signup::submit))
        .route("/logout", get(logout::show).post(logout::submit))
        .route("/password/forgot", get(forgot::show).post(forgot::submit))
        .route("/password/reset", get(reset::show).post(reset::submit))
        .route("/password/strength", post(strength::submit))
        .route("/email/verify", get(verify::show).post(verify::submit))
        .route("/email/request", get(verify::begin_anew).post(verify::send_again))
        .route("/auth/callback", get(social::callback))
        .route("/auth/link", get(social_link::show).post(social_link::submit))
        .route("/auth/link/code", get(social_link::begin_anew).post(social_link::submit_code))
        .route("/auth/signup", get(social_signup::show).post(social_signup::submit))
        .route("/auth/{provider}", get(social::start))
        .route("/assets/{version}/{file}", get(asset))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .with_state(loginrocket)
}

/// Apps send people to the bare address; what they sent along is kept.
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

async fn not_found(State(loginrocket): State<LoginRocket>, uri: Uri, headers: HeaderMap) -> Shown {
    page::missing(&loginrocket, &site::language(&loginrocket, &uri, &headers))
}

async fn not_allowed(State(loginrocket): State<LoginRocket>, uri: Uri, headers: HeaderMap) -> Shown {
    let language = site::language(&loginrocket, &uri, &headers);
    page::nameless(&loginrocket, &language, StatusCode::METHOD_NOT_ALLOWED, ("failed-title", "failed-method"))
}
