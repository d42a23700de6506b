//! `/v1/app_hooks`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::app_hooks::{self, HookType, HookUsers, OFFER, Renderer, Scope, Shown};
use gantry_core::words::State as InUse;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::wire::{Collection, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// An App Hook on the wire. Its fields depend on its type.
#[derive(Serialize)]
pub(super) struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: Option<&'a str>,
    state: InUse,
    hook_type: HookType,
    event_type: &'a [String],
    delay: i64,
    created_at: Seconds,
    #[serde(flatten)]
    own: Own<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Own<'a> {
    Webhook {
        destination: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        secret: Option<&'a str>,
    },
    Email {
        email_from: Option<&'a str>,
        email_from_name: Option<&'a str>,
        email_renderer: Renderer,
        email_subject: Option<&'a str>,
        email_template: Option<&'a str>,
        email_to: Option<&'a str>,
        user_type: HookUsers,
    },
}

pub(super) fn view(shown: &Shown) -> View<'_> {
    let hook = &shown.hook;
    let own = match hook.hook_type {
        HookType::Webhook => Own::Webhook {
            destination: shown.destination.as_deref(),
            secret: shown.secret.as_ref().map(SecretString::expose_secret),
        },
        HookType::Email => Own::Email {
            email_from: hook.email_from.as_deref(),
            email_from_name: hook.email_from_name.as_deref(),
            email_renderer: hook.email_renderer,
            email_subject: hook.email_subject.as_deref(),
            email_template: hook.email_template.as_deref(),
            email_to: hook.email_to.as_deref(),
            user_type: hook.user_type,
        },
    };
    View {
        object: "app_hook",
        id: &hook.id,
        realm_id: hook.realm_id.as_deref(),
        state: hook.state,
        hook_type: hook.hook_type,
        event_type: &hook.event_types.0,
        delay: hook.delay,
        created_at: Seconds(hook.created_at),
        own,
    }
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let listed = app_hooks::list(&api.core, &realm, &call.actor, &page).await?;
    Ok(Collection::page(&listed, listed.items.iter().map(view)))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let found = app_hooks::find(&api.core, &call.actor, call.realm_id.as_deref(), &id).await?;
    Ok(Json(view(&found)).into_response())
}

/// Creates a hook for a realm. Without a realm, or with `realm_id` null, it is for every realm of the account.
pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let scope = if call.realm_id.is_none() || call.nulls("realm_id") {
        Scope::Account
    } else {
        Scope::Realm(Box::new(call.realm(&api.core, None).await?))
    };
    let fields = call.root();
    let made = app_hooks::create(&api.core, &call.actor, &scope, fields).await?;
    Ok((StatusCode::CREATED, Json(view(&made))).into_response())
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let fields = call.root();
    let changed = app_hooks::update(&api.core, &call.actor, call.realm_id.as_deref(), &id, fields).await?;
    Ok(Json(view(&changed)).into_response())
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    app_hooks::delete(&api.core, &call.actor, call.realm_id.as_deref(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
