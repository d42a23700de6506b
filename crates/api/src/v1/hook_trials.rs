//! `/v1/app_hooks/…/ping`, `preview`, `rotate_secret` and `replay`: extensions for testing a hook, and for recovering
//! from failures of a webhook.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use gantry_core::{Error, app_hooks, connected_apps};
use gantry_web::mails::{self, MailBrand, MailDraft, Merge};
use serde_json::json;

use super::app_hooks::view;
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

pub async fn ping(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let fields = call.flat();
    let event = app_hooks::ping(&api.core, &call.actor, call.realm_id.as_deref(), &id, fields).await?;
    Ok(Json(json!({ "event_id": event.id })).into_response())
}

/// Renders the current email template with sample data and the branding of the realm's first app.
pub async fn preview(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let found = app_hooks::find(&api.core, &call.actor, call.realm_id.as_deref(), &id).await?;
    let (subject, body) = app_hooks::mail_of(&found.hook)?;
    let app = match &found.hook.realm_id {
        Some(realm) => connected_apps::of_mails(&api.core.db, realm, None).await?,
        None => None,
    };
    let brand = app.as_ref().map(MailBrand::from_app).unwrap_or_default();
    let draft = MailDraft {
        renderer: found.hook.email_renderer,
        subject: subject.to_owned(),
        body: body.to_owned(),
        merge: Merge { brand, ..Merge::sample() },
    };
    let rendered = mails::render(draft).await.map_err(|why| Error::invalid("email_template", "invalid", why))?;
    let told = json!({ "subject": rendered.subject, "html": rendered.html, "text": rendered.text });
    Ok(Json(told).into_response())
}

pub async fn rotate_secret(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Refusal> {
    let rotated = app_hooks::rotate_secret(&api.core, &call.actor, call.realm_id.as_deref(), &id).await?;
    Ok(Json(view(&rotated)).into_response())
}

/// Replays one notification, or all within a time range.
pub async fn replay(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let fields = call.flat();
    let replayed = app_hooks::replay(&api.core, &call.actor, call.realm_id.as_deref(), &id, fields).await?;
    Ok(Json(json!({ "replayed": replayed })).into_response())
}
