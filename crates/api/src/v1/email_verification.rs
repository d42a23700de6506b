//! `/v1/users/…/request_email_verification` and `verify_email`.

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

pub async fn request(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let (user, counts, token) = users::request_email_verification(&api.core, &realm, &call.actor, &key).await?;
    let beside = Beside { token: Some(token.expose_secret()), ..Beside::default() };
    answer(&api, &call, StatusCode::OK, (&user, &counts), beside).await
}

pub async fn verify(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let key = key_or_placeholder(&key);
    let realm = call.realm(&api.core, key.as_ref().and_then(holding)).await?;
    let fields = call.root();
    let (user, counts) = users::verify_email(&api.core, &realm, &call.actor, key.as_ref(), fields).await?;
    answer(&api, &call, StatusCode::OK, (&user, &counts), Beside::default()).await
}
