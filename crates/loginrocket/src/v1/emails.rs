//! `email/verify` and `email/request`.

use axum::extract::State;
use gantry_core::{Error, sessions, users};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;

/// Verifies an email address with the token of a mail.
pub async fn verify(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let site = &*call.site;
    if !call.has("token") {
        return Err(Refusal::blank("token", "Token"));
    }
    match users::verify_email(&loginrocket.core, &site.realm, &site.actor, None, call.fields()).await {
        Ok(_) => Ok(Answer::saying(site.say("verify-done-title"))),
        Err(Error::Invalid(_)) => Err(Refusal::said(site.say("said-verify-unusable"))),
        Err(error) => Err(error.into()),
    }
}

/// Resends the verification email; accepts a pending-login token or a login token.
pub async fn request(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (core, site, place) = (&loginrocket.core, &*call.site, call.place());
    let token = call.text("token");
    if token.is_empty() {
        return Err(Refusal::blank("token", "Token"));
    }
    let is_sent = if token.contains('.') {
        let bearer = sessions::bearer(core, &site.realm, token).await?;
        let Some(bearer) = bearer else { return Err(Refusal::said(site.say("verify-too-late"))) };
        users::request_own_verification(core, &site.realm, &site.actor, &bearer, &place).await?
    } else {
        match users::resend_verification(core, &site.realm, &site.actor, call.fields(), &place).await {
            Err(Error::Invalid(_)) => return Err(Refusal::said(site.say("verify-too-late"))),
            sent => sent?,
        }
    };
    Ok(Answer::saying(site.say(if is_sent { "verify-sent-again" } else { "verify-done-title" })))
}
