//! `/v1/events`

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use gantry_core::events::{self, Event, OFFER, Since, Wanted};
use gantry_core::realms::Holding;
use serde::Serialize;

use super::wire::{Collection, Request, Seconds};
use crate::call::Call;
use crate::error::Refusal;
use crate::routes::Api;

/// Most event types that one list may ask for.
const MOST_TYPES: usize = 20;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    event_type: &'a str,
    event_at: Seconds,
    realm_id: &'a str,
    app_hook_id: Option<&'a str>,
    auth_provider_id: Option<&'a str>,
    login_policy_id: Option<&'a str>,
    membership_id: Option<&'a str>,
    org_id: Option<&'a str>,
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notifications: Option<&'static [()]>,
}

/// With `notifications`, of which there are none before hooks deliver.
fn view(event: &Event, notifications: bool) -> View<'_> {
    let (ip, client) = (event.request_ip.as_deref(), event.request_client.as_deref());
    View {
        object: "event",
        id: &event.id,
        event_type: &event.event_type,
        event_at: Seconds(event.event_at),
        realm_id: &event.realm_id,
        app_hook_id: event.app_hook_id.as_deref(),
        auth_provider_id: event.auth_provider_id.as_deref(),
        login_policy_id: event.connected_app_id.as_deref(),
        membership_id: event.membership_id.as_deref(),
        org_id: event.org_id.as_deref(),
        user_id: event.user_id.as_deref(),
        request: (ip.is_some() || client.is_some()).then_some(Request { ip, client }),
        notifications: notifications.then_some(&[]),
    }
}

pub async fn list(State(api): State<Api>, call: Call) -> Result<Response, Refusal> {
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
    let notifications = call.expands("notifications");
    Ok(Collection::answer(listed.more, listed.items.iter().map(|event| view(event, notifications))))
}

/// `created_at_after`: epoch seconds; sent empty, no bound; not sent, 30 days ago.
fn since(call: &Call) -> Result<Since, Refusal> {
    match call.query("created_at_after") {
        None => Ok(Since::Default),
        Some("") => Ok(Since::Ever),
        Some(text) => super::wire::milliseconds("created_at_after", text).map(Since::Ms),
    }
}

pub async fn show(State(api): State<Api>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Event(&id))).await?;
    let event = events::find(&api.core, &realm, &call.actor, &id).await?;
    Ok(Json(view(&event, true)).into_response())
}
