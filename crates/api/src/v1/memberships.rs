//! `/v1/memberships`, and memberships as users and orgs embed them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::actor::Access;
use gantry_core::json::Custom;
use gantry_core::memberships::{self, Embedded, MemberOrg, Membership, OFFER, Of};
use gantry_core::realms::Holding;
use gantry_core::users::{Key, User};
use gantry_core::words::State as InUse;
use serde::Serialize;

use super::users;
use super::wire::{Collection, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// A membership on the wire.
#[derive(Serialize)]
pub struct View<'a> {
    object: &'static str,
    id: &'a str,
    user_id: &'a str,
    org_id: Option<&'a str>,
    permissions: &'a [String],
    custom: &'a Custom,
    expires_at: Option<Seconds>,
    created_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<users::View<'a>>,
    #[expect(clippy::option_option, reason = "told as null and not told are not the same")]
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Option<OrgView<'a>>>,
}

#[derive(Serialize)]
struct OrgView<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    name: Option<&'a str>,
    state: Option<InUse>,
    reference: Option<&'a str>,
    custom: Option<&'a Custom>,
    created_at: Option<Seconds>,
}

impl<'a> View<'a> {
    /// Returns the membership with its org, as users embed it.
    pub fn of_user(membership: &'a Membership, org: &'a MemberOrg) -> Self {
        Self::new(membership, None, Some(org))
    }

    /// Returns the membership with its user, as orgs embed it.
    pub fn of_org(membership: &'a Membership, user: &'a User, now_ms: i64) -> Self {
        Self::new(membership, Some(users::item(user, true, now_ms)), None)
    }

    fn new(membership: &'a Membership, user: Option<users::View<'a>>, org: Option<&'a MemberOrg>) -> Self {
        Self {
            object: "membership",
            id: &membership.id,
            user_id: &membership.user_id,
            org_id: membership.org_id.as_deref(),
            permissions: &membership.permissions.0,
            custom: &membership.custom,
            expires_at: membership.expires_at.map(Seconds),
            created_at: Seconds(membership.created_at),
            user,
            org: org.map(|org| {
                org.id.as_deref().map(|id| OrgView {
                    object: "org",
                    id,
                    realm_id: &membership.realm_id,
                    name: org.name.as_deref(),
                    state: org.state,
                    reference: org.reference.as_deref(),
                    custom: org.custom.as_ref(),
                    created_at: org.created_at.map(Seconds),
                })
            }),
        }
    }
}

fn view(found: &Embedded, now_ms: i64) -> View<'_> {
    let user = found.user.as_ref().map(|user| users::item(user, true, now_ms));
    View::new(&found.membership, user, found.org.as_ref())
}

/// Lists the memberships of a user with their orgs, those of an org with their users, or those of both with neither.
pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let (user, org) = (call.filter("user_id"), call.filter("org_id"));
    let of = match (user, org) {
        (Some(user), Some(org)) => Of::Pair(user, org),
        (Some(user), None) => Of::User(user),
        (None, Some(org)) => Of::Org(org),
        (None, None) => {
            // The right is checked first: without it the parameters do not matter.
            call.actor.need(Access::Read)?;
            return Err(Refusal::BadRequest("The parameter user_id or org_id is missing".to_owned()));
        }
    };
    let user = user.map(Key::parse);
    let holding = user.as_ref().and_then(users::holding).or(org.map(Holding::Org));
    let realm = call.realm(&api.core, holding).await?;
    let page = call.page(&OFFER)?;
    let listed = memberships::list(&api.core, &realm, &call.actor, of, &page).await?;
    let now = api.core.clock.now_ms();
    Ok(Collection::page(&listed, listed.items.iter().map(|found| view(found, now))))
}

pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Membership(&id))).await?;
    let found = memberships::find(&api.core, &realm, &call.actor, &id).await?;
    Ok(Json(view(&found, api.core.clock.now_ms())).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_of_user(&api.core).await?;
    let fields = call.root();
    let made = memberships::create(&api.core, &realm, &call.actor, fields).await?;
    Ok((StatusCode::CREATED, Json(view(&made, api.core.clock.now_ms()))).into_response())
}

pub async fn update(State(api): State<Arc<Api>>, Path(id): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Membership(&id))).await?;
    let fields = call.root();
    let changed = memberships::update(&api.core, &realm, &call.actor, &id, fields).await?;
    Ok(Json(view(&changed, api.core.clock.now_ms())).into_response())
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let realm = call.realm(&api.core, Some(Holding::Membership(&id))).await?;
    memberships::delete(&api.core, &realm, &call.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
