//! `/v1/sessions`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::actor::Access;
use gantry_core::realms::Holding;
use gantry_core::sessions::{self, Named, OFFER, Session};
use gantry_core::users::{Key, User};
use serde::Serialize;

use super::users;
use super::wire::{Collection, Request, Seconds};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

/// A session on the wire.
#[derive(Serialize)]
pub struct View<'a> {
    object: &'static str,
    id: &'a str,
    user_id: &'a str,
    created_at: Seconds,
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<users::View<'a>>,
}

fn view(session: &Session) -> View<'_> {
    let (ip, client) = (session.request_ip.as_deref(), session.request_client.as_deref());
    View {
        object: "session",
        id: &session.id,
        user_id: &session.user_id,
        created_at: Seconds(session.created_at),
        expires_at: Some(session.expires_at / 1000),
        request: (ip.is_some() || client.is_some()).then_some(Request { ip, client }),
        token: None,
        user: None,
    }
}

/// Returns a session as an item of a list, with its user.
pub fn of_user<'a>(session: &'a Session, user: &'a User, now_ms: i64) -> View<'a> {
    View { user: Some(users::item(user, false, now_ms)), ..view(session) }
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let user = needed_user(&call, Access::Read)?;
    let realm = call.realm(&api.core, users::holding(&Key::parse(user))).await?;
    let page = call.page(&OFFER)?;
    let listed = sessions::list(&api.core, &realm, &call.actor, user, &page).await?;
    Ok(Collection::page(&listed, listed.items.iter().map(view)))
}

/// Verifies a login by session id, or by the whole login token.
pub async fn show(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<Response, Refusal> {
    checked(&api, &call, Named::parse(&id)).await
}

/// Verifies a login by a login token in the body. In a path, a forged token could lead to another address.
pub async fn verify(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let mut fields = call.flat_or_root();
    let token = fields.token("token").value();
    fields.required("token", token.is_some());
    fields.finish()?;
    checked(&api, &call, Named::Token(&token.unwrap_or_default())).await
}

async fn checked(api: &Api, call: &Call, named: Named<'_>) -> Result<Response, Refusal> {
    let realm = call.realm_id.as_deref();
    let (session, user, counts) = sessions::check(&api.core, &call.actor, realm, named).await?;
    let expanded = users::expanded(api, call, &user).await?;
    let token = if call.expands("token") {
        let realm = call.realm(&api.core, Some(Holding::Session(&session.id))).await?;
        Some(sessions::reissue(&api.core, &realm, &call.actor, &session, &user).await?)
    } else {
        None
    };
    let user = users::view(&user, &counts, &expanded, api.core.clock.now_ms());
    Ok(Json(View { token: token.as_deref(), user: Some(user), ..view(&session) }).into_response())
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_of_user(&api.core).await?;
    let fields = call.root();
    let (opened, user, counts) = sessions::create(&api.core, &realm, &call.actor, fields).await?;
    let (ip, client) = (call.actor.origin.ip.as_deref(), call.actor.origin.client.as_deref());
    let made = View {
        object: "session",
        id: &opened.id,
        user_id: &user.id,
        created_at: Seconds(opened.created_at),
        expires_at: opened.expires_at.map(|at| at / 1000),
        request: (ip.is_some() || client.is_some()).then_some(Request { ip, client }),
        token: Some(&opened.token),
        user: Some(users::view(&user, &counts, &None, api.core.clock.now_ms())),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Ends all sessions of a user (extension).
pub async fn delete_all(State(api): State<Arc<Api>>, call: Call) -> Result<StatusCode, Refusal> {
    let user = needed_user(&call, Access::Write)?;
    let realm = call.realm(&api.core, users::holding(&Key::parse(user))).await?;
    sessions::end_all_of(&api.core, &realm, &call.actor, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the required `user_id`. Checks the right first, so that a missing right is reported before a missing
/// parameter.
fn needed_user(call: &Call, access: Access) -> Result<&str, Refusal> {
    call.actor.need(access)?;
    call.filter("user_id").ok_or_else(|| Refusal::BadRequest("The parameter user_id is missing".to_owned()))
}

pub async fn delete(State(api): State<Arc<Api>>, Path(id): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    sessions::end(&api.core, &call.actor, call.realm_id.as_deref(), Named::parse(&id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
