//! `/v1/auth_providers`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::auth_providers::{self, OFFER, ProviderType, Settings, Shown};
use gantry_core::realms::Holding;
use gantry_core::words::{State as InUse, Word};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::wire::{Collection, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// An auth provider on the wire. Its fields depend on its type.
#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    provider_type: ProviderType,
    state: InUse,
    created_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<&'a str>,
    #[serde(flatten)]
    settings: &'a Settings,
}

fn view(shown: &Shown) -> View<'_> {
    let provider = &shown.provider;
    View {
        object: "auth_provider",
        id: &provider.id,
        realm_id: &provider.realm_id,
        provider_type: provider.provider_type,
        state: provider.state,
        created_at: Seconds(provider.created_at),
        name: provider.name.as_deref(),
        client_id: provider.client_id.as_deref(),
        client_secret: shown.client_secret.as_ref().map(SecretString::expose_secret),
        scopes: provider.scopes.as_deref(),
        settings: &shown.settings,
    }
}

/// Returns the object that determines the realm; none if the provider is named by its type.
pub(super) fn holding(key: &str) -> Option<Holding<'_>> {
    ProviderType::parse(key).is_none().then_some(Holding::AuthProvider(key))
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let listed = auth_providers::list(&api.core, &realm, &call.actor, &page).await?;
    Ok(Collection::page(&listed, listed.items.iter().map(view)))
}

pub async fn show(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, holding(&key)).await?;
    let shown = auth_providers::find(&api.core, &realm, &call.actor, &key).await?;
    Ok(Json(view(&shown)).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let made = auth_providers::create(&api.core, &realm, &call.actor, fields).await?;
    Ok((StatusCode::CREATED, Json(view(&made))).into_response())
}

pub async fn update(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, holding(&key)).await?;
    let fields = call.root();
    let changed = auth_providers::update(&api.core, &realm, &call.actor, &key, fields).await?;
    Ok(Json(view(&changed)).into_response())
}

pub async fn delete(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, holding(&key)).await?;
    auth_providers::delete(&api.core, &realm, &call.actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
