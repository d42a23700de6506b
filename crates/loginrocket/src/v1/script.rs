//! `authrocket.js`, the browser library of this API.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use gantry_web::assets;

use crate::routes::LoginRocket;
use crate::site::Site;

/// Below `/v1`.
pub const PATH: &str = "/authrocket.js";

pub async fn show(State(loginrocket): State<LoginRocket>, _site: Site, headers: HeaderMap) -> Response {
    loginrocket.pages.assets.at_fixed_address(assets::AUTHROCKET_JS, &headers)
}
