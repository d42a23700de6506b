//! `/v1/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gantry_core::credentials;
use gantry_core::json::Custom;
use gantry_core::known_browsers;
use gantry_core::memberships::{self, MemberOrg, Membership};
use gantry_core::realms::Holding;
use gantry_core::text;
use gantry_core::users::{self, Counts, EmailVerification, Key, Made, OFFER, User, UserType, Wanted, names};
use gantry_core::words::State as InUse;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::memberships::View as MembershipView;
use super::wire::{Collection, Seconds, milliseconds, word};
use crate::api::Api;
use crate::call::Call;
use crate::error::Refusal;

const LONGEST_SEARCH: usize = 100;

/// A user on the wire.
#[derive(Serialize)]
pub struct View<'a> {
    object: &'static str,
    id: &'a str,
    realm_id: &'a str,
    username: &'a str,
    state: InUse,
    user_type: UserType,
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<&'a Custom>,
    name: &'a str,
    email: Option<&'a str>,
    email_verification: EmailVerification,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    last_login_at: Option<Seconds>,
    locked_until: Option<Seconds>,
    created_at: Seconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Vec<CredentialView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memberships: Option<Vec<MembershipView<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_reset_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

/// Additional fields of some responses with a user.
#[derive(Default)]
pub struct Beside<'a> {
    /// Login token, token of a pending login, or email verification token.
    pub token: Option<&'a str>,
    /// Token for a password reset.
    pub password_reset_token: Option<&'a str>,
    /// New API key of a system user.
    pub api_key: Option<&'a str>,
    /// Whether the login still waits for a code. Memberships are not revealed before it is complete.
    pub is_pending: bool,
}

#[derive(Serialize)]
struct CredentialView<'a> {
    object: &'static str,
    id: &'a str,
    credential_type: &'a str,
}

/// Memberships of a user, if `expand` asks for them.
pub type Expanded = Option<Vec<(Membership, MemberOrg)>>;

/// Returns a user as an item of a list.
pub fn item(user: &User, custom: bool, now_ms: i64) -> View<'_> {
    View {
        object: "user",
        id: &user.id,
        realm_id: &user.realm_id,
        username: &user.username,
        state: user.state,
        user_type: user.user_type,
        reference: user.reference.as_deref(),
        custom: custom.then_some(&user.custom),
        name: &user.name,
        email: user.email.as_deref(),
        email_verification: user.email_verification,
        first_name: user.first_name.as_deref(),
        last_name: user.last_name.as_deref(),
        last_login_at: user.last_login_at.map(Seconds),
        locked_until: user.locked_until(now_ms).map(Seconds),
        created_at: Seconds(user.created_at),
        membership_count: None,
        credentials: None,
        memberships: None,
        token: None,
        password_reset_token: None,
        api_key: None,
    }
}

/// Returns a user as a single object, with counts and credentials.
pub fn view<'a>(user: &'a User, counts: &'a Counts, expanded: &'a Expanded, now_ms: i64) -> View<'a> {
    let credential = |(id, credential_type)| CredentialView { object: "credential", id, credential_type };
    View {
        membership_count: Some(counts.membership_count),
        credentials: Some(counts.credentials().into_iter().map(credential).collect()),
        memberships: expanded
            .as_deref()
            .map(|all| all.iter().map(|(one, org)| MembershipView::of_user(one, org)).collect()),
        ..item(user, true, now_ms)
    }
}

/// Reads the memberships if the call asks for them.
pub async fn expanded(api: &Api, call: &Call, user: &User) -> Result<Expanded, Refusal> {
    if !call.expands("memberships") {
        return Ok(None);
    }
    Ok(Some(memberships::of_user(&api.core, &api.core.db, &user.realm_id, &user.id).await?))
}

/// Responds with the user as a single object. The API key of a system user is included if it is new or can be read
/// again.
pub async fn answer(
    api: &Api,
    call: &Call,
    status: StatusCode,
    (user, counts): (&User, &Counts),
    beside: Beside<'_>,
) -> Result<Response, Refusal> {
    let expanded = if beside.is_pending { None } else { expanded(api, call, user).await? };
    let readable = if user.user_type == UserType::Api && beside.api_key.is_none() {
        let realm = call.realm(&api.core, Some(Holding::User(&user.id))).await?;
        credentials::readable_key(&api.core, &realm, &call.actor, &user.id).await?
    } else {
        None
    };
    let told = View {
        token: beside.token,
        password_reset_token: beside.password_reset_token,
        api_key: beside.api_key.or(readable.as_ref().map(SecretString::expose_secret)),
        ..view(user, counts, &expanded, api.core.clock.now_ms())
    };
    Ok((status, Json(told)).into_response())
}

/// Returns the object that determines the realm: a call may omit the realm if it names the user by id.
pub fn holding(key: &Key) -> Option<Holding<'_>> {
    match key {
        Key::Id(id) => Some(Holding::User(id)),
        Key::Username(_) => None,
    }
}

/// Parses a user key; `--` stands for a user who is known by a token only.
pub fn key_or_placeholder(text: &str) -> Option<Key> {
    (text != "--").then(|| Key::parse(text))
}

pub async fn list(State(api): State<Arc<Api>>, call: Call) -> Result<Response, Refusal> {
    let realm = call.realm(&api.core, None).await?;
    let page = call.page(&OFFER)?;
    let reference = call.filter("reference").map(text::line);
    let time = |name| call.filter(name).map(|text| milliseconds(name, text)).transpose();
    let wanted = Wanted {
        reference: reference.as_deref(),
        state: word("state", call.filter("state"))?,
        user_type: word("user_type", call.filter("user_type"))?,
        // An invalid name matches no user.
        username: call.filter("username").map(|text| names::username(text).unwrap_or_default()),
        email: call.filter("email").map(|text| names::email(text).unwrap_or_default()),
        created_from: time("created_at_after")?,
        created_before: time("created_at_before")?,
        search: searched(&call)?,
    };
    let listed = users::list(&api.core, &realm, &call.actor, &wanted, &page).await?;
    let (custom, now) = (call.expands("custom"), api.core.clock.now_ms());
    Ok(Collection::page(&listed, listed.items.iter().map(|user| item(user, custom, now))))
}

/// Reads `q`: the beginning of a username, an email address or a name, ignoring case.
fn searched(call: &Call) -> Result<Option<&str>, Refusal> {
    match call.filter("q") {
        Some(text) if text.chars().count() > LONGEST_SEARCH => {
            Err(Refusal::BadRequest(format!("q may have at most {LONGEST_SEARCH} characters")))
        }
        text => Ok(text),
    }
}

pub async fn show(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let (user, counts) = users::find(&api.core, &realm, &call.actor, &key).await?;
    answer(&api, &call, StatusCode::OK, (&user, &counts), Beside::default()).await
}

pub async fn create(State(api): State<Arc<Api>>, mut call: Call) -> Result<Response, Refusal> {
    let realm = call.realm_to_create_in(&api.core).await?;
    let fields = call.root();
    let made = users::create(&api.core, &realm, &call.actor, fields).await?;
    answer_made(&api, &call, StatusCode::CREATED, &made).await
}

pub async fn update(State(api): State<Arc<Api>>, Path(key): Path<String>, mut call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let fields = call.root();
    let changed = users::update(&api.core, &realm, &call.actor, &key, fields).await?;
    answer_made(&api, &call, StatusCode::OK, &changed).await
}

async fn answer_made(api: &Api, call: &Call, status: StatusCode, made: &Made) -> Result<Response, Refusal> {
    let beside = Beside { api_key: made.api_key.as_ref().map(SecretString::expose_secret), ..Beside::default() };
    answer(api, call, status, (&made.user, &made.counts), beside).await
}

pub async fn delete(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<StatusCode, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    users::delete(&api.core, &realm, &call.actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resets the count of the user's wrong passwords and codes (extension).
pub async fn unlock(State(api): State<Arc<Api>>, Path(key): Path<String>, call: Call) -> Result<Response, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    let (user, counts) = users::unlock(&api.core, &realm, &call.actor, &key).await?;
    answer(&api, &call, StatusCode::OK, (&user, &counts), Beside::default()).await
}

/// Revokes all trusted browsers of the user (extension).
pub async fn forget_browsers(
    State(api): State<Arc<Api>>,
    Path(key): Path<String>,
    call: Call,
) -> Result<StatusCode, Refusal> {
    let key = Key::parse(&key);
    let realm = call.realm(&api.core, holding(&key)).await?;
    known_browsers::forget(&api.core, &realm, &call.actor, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
