//! `/v1/users/…/recovery_codes`: an extension, for users who lost their device.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use gantry_core::recovery_codes::{self, Made};
use gantry_core::users::Key;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::users::holding;
use super::wire::Seconds;
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct CodeCount {
    remaining: i64,
    made_at: Option<Seconds>,
}

#[derive(Serialize)]
struct FreshCodes<'a> {
    recovery_codes: Vec<&'a str>,
    made_at: Seconds,
}

/// Returns the number of remaining codes, never the codes themselves.
pub async fn count(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let left = recovery_codes::count(&api.core, &realm, &call.actor, &key).await?;
    Ok(Json(CodeCount { remaining: left.remaining, made_at: left.made_at.map(Seconds) }).into_response())
}

/// Creates new codes, which are returned only this once.
pub async fn make(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let made = recovery_codes::make(&api.core, &realm, &call.actor, &key).await?;
    Ok(Json(FreshCodes { recovery_codes: texts(&made), made_at: Seconds(made.at) }).into_response())
}

/// Returns the codes in plain text.
pub fn texts(made: &Made) -> Vec<&str> {
    made.codes.iter().map(ExposeSecret::expose_secret).collect()
}
