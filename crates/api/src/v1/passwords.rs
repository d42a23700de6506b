//! `/v1/users/…/update_password`, `generate_password_token` and `reset_password_with_token`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gantry_core::users::{self, Key};
use secrecy::ExposeSecret;

use super::users::{Beside, answer, holding, key_or_placeholder};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

pub async fn update(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let fields = call.root();
    let (user, counts) = users::update_password(&api.core, &realm, &call.actor, &key, fields).await?;
    answer(&api, &call, StatusCode::OK, (&user, &counts), Beside::default()).await
}

/// Returns the token under both names that clients read.
pub async fn generate_token(
    State(api): State<Arc<Api>>,
    Path(key): Path<String>,
    call: Call,
) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let (user, counts, token) = users::generate_password_token(&api.core, &realm, &call.actor, &key).await?;
    let token = Some(token.expose_secret());
    let beside = Beside { token, password_reset_token: token, ..Beside::default() };
    answer(&api, &call, StatusCode::OK, (&user, &counts), beside).await
}

pub async fn reset(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let key = key_or_placeholder(&key);
    let realm = call.realm(&api.core, key.as_ref().and_then(holding)).await?;
    let fields = call.root();
    let (user, counts) = users::reset_password(&api.core, &realm, &call.actor, key.as_ref(), fields).await?;
    answer(&api, &call, StatusCode::OK, (&user, &counts), Beside::default()).await
}
