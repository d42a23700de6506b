//! `authrocket.js`, the browser library of this API, and `proof_of_work.js`, which it loads when a signup requires
//! proof of work.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use gantry_web::assets;

use crate::loginrocket::LoginRocket;
use crate::site::Site;

pub async fn library(State(loginrocket): State<LoginRocket>, _site: Site, headers: HeaderMap) -> Response {
    loginrocket.pages.assets.at_fixed_address(assets::AUTHROCKET_JS, &headers)
}

pub async fn work(State(loginrocket): State<LoginRocket>, _site: Site, headers: HeaderMap) -> Response {
    loginrocket.pages.assets.at_fixed_address(assets::PROOF_OF_WORK_JS, &headers)
}
