//! `/v1/realms`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::actor::Access;
use gantry_core::json::Custom;
use gantry_core::jwt_keys;
use gantry_core::realms::{
    self, ApiKeyPolicy, FailedLoginNames, JwtAlgo, JwtField, OFFER, Realm, ResourceLink, SessionType,
    UsernameValidation,
};
use gantry_core::words::State as InUse;
use serde::Serialize;

use super::wire::{Collection, Seconds, word};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    name: &'a str,
    state: InUse,
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<&'a Custom>,
    username_validation_human: UsernameValidation,
    require_unique_emails: bool,
    api_key_prefix: Option<&'a str>,
    api_key_policy: ApiKeyPolicy,
    jwt_algo: JwtAlgo,
    jwt_fields: &'a [JwtField],
    jwt_audience: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt_secret: Option<&'a str>,
    session_type: SessionType,
    session_minutes: i64,
    session_limit: i64,
    api_key_minutes: i64,
    permission_limit: i64,
    event_days: i64,
    failed_login_names: FailedLoginNames,
    resource_links: &'a [ResourceLink],
    created_at: Seconds,
}

fn view<'a>(realm: &'a Realm, custom: bool, key: Option<&'a str>) -> View<'a> {
    View {
        object: "realm",
        id: &realm.id,
        name: &realm.name,
        state: realm.state,
        reference: realm.reference.as_deref(),
        custom: custom.then_some(&realm.custom),
        username_validation_human: realm.username_validation_human,
        require_unique_emails: realm.require_unique_emails,
        api_key_prefix: realm.api_key_prefix.as_deref(),
        api_key_policy: realm.api_key_policy,
        jwt_algo: realm.jwt_algo,
        jwt_fields: &realm.jwt_fields.0,
        jwt_audience: realm.jwt_audience,
        jwt_key: key,
        jwt_secret: key.filter(|_| realm.jwt_algo == JwtAlgo::Hs256),
        session_type: realm.session_type,
        session_minutes: realm.session_minutes,
        session_limit: realm.session_limit,
        api_key_minutes: realm.api_key_minutes,
        permission_limit: realm.permission_limit,
        event_days: realm.event_days,
        failed_login_names: realm.failed_login_names,
        resource_links: &realm.resource_links.0,
        created_at: Seconds(realm.created_at),
    }
}

/// Responds with a realm and, for callers that may manage realms, its signing key.
async fn answer(api: &Api, call: &Call, status: StatusCode, realm: &Realm) -> Result<Response, Refusal> {
    let shown = match call.actor.need(Access::AdminRealm) {
        Ok(()) => Some(jwt_keys::signing(&api.core, &api.core.db, realm).await?),
        Err(_) => None,
    };
    let key = shown.as_ref().map(|shown| shown.key.as_str());
    Ok((status, Json(view(realm, true, key))).into_response())
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let page = call.page(&OFFER)?;
    let wanted = (call.filter("reference"), word("state", call.filter("state"))?);
    let listed = realms::list(&api.core, &call.actor, wanted, &page).await?;
    let custom = call.expands("custom");
    Ok(Collection::page(&listed, listed.items.iter().map(|realm| view(realm, custom, None))))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = realms::find(&api.core, &call.actor, &id, word("state", call.filter("state"))?).await?;
    answer(&api, &call, StatusCode::OK, &realm).await
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let fields = call.root();
    let realm = realms::create(&api.core, &call.actor, fields).await?;
    answer(&api, &call, StatusCode::CREATED, &realm).await
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let fields = call.root();
    let realm = realms::update(&api.core, &call.actor, &id, fields).await?;
    answer(&api, &call, StatusCode::OK, &realm).await
}

pub async fn reset(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = realms::reset(&api.core, &call.actor, &id).await?;
    answer(&api, &call, StatusCode::OK, &realm).await
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    realms::delete(&api.core, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
