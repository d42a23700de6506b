//! `/v1/events`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use gantry_core::events::{self, OFFER, Since, Wanted};
use gantry_core::notifications;
use gantry_core::realms::Holding;

use super::wire::{Collection, EventView};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// Maximum number of event types in one list call.
const MOST_TYPES: usize = 20;

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let types = call.queries("event_type");
    if types.len() > MOST_TYPES {
        return Err(Refusal::BadRequest(format!("event_type may hold at most {MOST_TYPES} types")));
    }
    let wanted = Wanted {
        user: call.filter("user_id"),
        org: call.filter("org_id"),
        membership: call.filter("membership_id"),
        app_hook: call.filter("app_hook_id"),
        auth_provider: call.filter("auth_provider_id"),
        connected_app: call.filter("login_policy_id"),
        since: since(&call)?,
        types,
    };
    let listed = events::list(&api.core, &realm, &call.actor, &wanted, &page).await?;
    let mut notifications = vec![None; listed.items.len()];
    if call.expands("notifications") {
        for (of, event) in notifications.iter_mut().zip(&listed.items) {
            *of = Some(notifications::of_event(&api.core, &event.realm_id, &event.id).await?);
        }
    }
    let views = listed.items.iter().zip(&notifications).map(|(event, of)| EventView::new(event, of.as_deref()));
    Ok(Collection::page(&listed, views))
}

/// Reads `created_at_after` (epoch seconds): no bound if it is empty, 30 days ago if it is absent.
fn since(call: &Call) -> Result<Since, Refusal> {
    match call.query("created_at_after") {
        None => Ok(Since::Default),
        Some("") => Ok(Since::Ever),
        Some(text) => super::wire::milliseconds("created_at_after", text).map(Since::Ms),
    }
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Event(&id))).await?;
    let event = events::find(&api.core, &realm, &call.actor, &id).await?;
    let notifications = notifications::of_event(&api.core, &event.realm_id, &event.id).await?;
    Ok(Json(EventView::new(&event, Some(&notifications))).into_response())
}
