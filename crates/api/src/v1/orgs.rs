//! `/v1/orgs`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::json::Custom;
use gantry_core::memberships;
use gantry_core::orgs::{self, OFFER, Org};
use gantry_core::realms::Holding;
use gantry_core::text;
use gantry_core::words::State as InUse;
use serde::Serialize;

use super::memberships::View as MembershipView;
use super::wire::{Collection, Seconds, word};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

#[derive(Serialize)]
struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    name: &'a str,
    state: InUse,
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<&'a Custom>,
    created_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    memberships: Option<Vec<MembershipView<'a>>>,
}

fn view(org: &Org, custom: bool) -> View<'_> {
    View {
        object: "org",
        id: &org.id,
        realm_id: &org.realm_id,
        name: &org.name,
        state: org.state,
        reference: org.reference.as_deref(),
        custom: custom.then_some(&org.custom),
        created_at: Seconds(org.created_at),
        memberships: None,
    }
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let reference = call.filter("reference").map(text::line);
    let wanted = (reference.as_deref(), word("state", call.filter("state"))?);
    let listed = orgs::list(&api.core, &realm, &call.actor, wanted, &page).await?;
    let custom = call.expands("custom");
    Ok(Collection::page(&listed, listed.items.iter().map(|org| view(org, custom))))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Org(&id))).await?;
    let org = orgs::find(&api.core, &realm, &call.actor, &id).await?;
    let members =
        if call.expands("memberships") { Some(memberships::of_org(&api.core, &realm, &id).await?) } else { None };
    let now = api.core.clock.now_ms();
    let memberships =
        members.as_ref().map(|all| all.iter().map(|(one, user)| MembershipView::of_org(one, user, now)).collect());
    Ok(Json(View { memberships, ..view(&org, true) }).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let org = orgs::create(&api.core, &realm, &call.actor, fields).await?;
    Ok((StatusCode::CREATED, Json(view(&org, true))).into_response())
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Org(&id))).await?;
    let fields = call.root();
    let org = orgs::update(&api.core, &realm, &call.actor, &id, fields).await?;
    Ok(Json(view(&org, true)).into_response())
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Org(&id))).await?;
    orgs::delete(&api.core, &realm, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
