//! `/v1/jwt_keys`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::jwt_keys::{self, OFFER, Told};
use gantry_core::realms::{Holding, JwtAlgo};
use serde::Serialize;

use super::wire::{Collection, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    algo: JwtAlgo,
    #[serde(rename = "use")]
    key_use: &'a str,
    key: &'a str,
    expired: bool,
    signs_from: Seconds,
}

fn view(told: &Told) -> View<'_> {
    View {
        object: "jwt_key",
        id: &told.key.id,
        realm_id: &told.key.realm_id,
        algo: told.key.algo,
        key_use: &told.key.key_use,
        key: &told.text,
        expired: told.expired,
        signs_from: Seconds(told.key.signs_from),
    }
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let listed = jwt_keys::list(&api.core, &realm, &call.actor, &page).await?;
    Ok(Collection::page(&listed, listed.items.iter().map(view)))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::JwtKey(&id))).await?;
    let found = jwt_keys::find(&api.core, &realm, &call.actor, &id).await?;
    Ok(Json(view(&found)).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let made = jwt_keys::create(&api.core, &realm, &call.actor, fields).await?;
    Ok((StatusCode::CREATED, Json(view(&made))).into_response())
}

/// Creates a new key of the same algorithm (extension).
pub async fn rotate(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::JwtKey(&id))).await?;
    let next = jwt_keys::rotate(&api.core, &realm, &call.actor, &id).await?;
    Ok(Json(view(&next)).into_response())
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::JwtKey(&id))).await?;
    jwt_keys::delete(&api.core, &realm, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
