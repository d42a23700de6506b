//! `session`: whether a user is logged in, for pages without a server.
//!
//! Guarantee: a remembered login is revealed only to pages of the app, and only if the realm lets apps share logins; an
//! ended session is neither revealed nor revived.

use axum::extract::State;
use gantry_core::auth_providers::Sso;
use gantry_core::sessions::{self, Bearer};
use serde_json::json;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::caller::Caller;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;
use crate::remembered;

/// Returns a fresh token for the session of the given token, or else of the login that the browser remembers, and the
/// app's URL with that token.
pub async fn show(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (core, site) = (&loginrocket.core, &*call.site);
    let (bearer, shown) = if call.has("token") {
        (sessions::bearer(core, &site.realm, call.text("token")).await?, call.text("token"))
    } else {
        (of_browser(&loginrocket, &call).await?, "")
    };
    let Some(bearer) = bearer else { return Err(Refusal::said(site.say("said-nobody"))) };
    let token = sessions::renewed(core, &site.realm, &bearer, shown).await?;
    let user = json!({ "id": bearer.user.id, "username": bearer.user.username, "name": bearer.user.name });
    Ok(Answer::default()
        .with("url", call.destination(&token, false))
        .with("token", token)
        .with("expires_at", bearer.expires_at.map(|at| at / 1000))
        .with("user", user))
}

async fn of_browser(loginrocket: &LoginRocket, call: &Call) -> Result<Option<Bearer>, gantry_core::Error> {
    if !matches!(call.caller, Caller::Page(_)) || call.site.settings.sso != Sso::Seamless {
        return Ok(None);
    }
    let remembered = remembered::login(loginrocket, &call.site.realm, &call.site.headers).await?;
    Ok(remembered.map(|remembered| Bearer {
        user: remembered.user,
        expires_at: Some(remembered.session.expires_at),
        session: Some(remembered.session),
    }))
}
