//! `signup`

use axum::extract::State;
use gantry_core::logins::{self, SignedUp};
use gantry_core::{Core, Error, challenges, connected_apps};
use secrecy::ExposeSecret;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::login;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;
use crate::site::Site;

/// Creates the user and logs them in, or creates a Signup Token for the app. If email verification is required, the
/// response says that a mail was sent, whether or not the user exists: as an error, since every client shows errors,
/// and no session is created. If a challenge is required, the error contains one.
pub async fn submit(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (site, place) = (&*call.site, call.place());
    let through = (&place, call.door());
    let done = logins::sign_up(&loginrocket.core, &site.realm, &site.actor, call.fields(), through).await;
    match done.map_err(|error| with_challenge(&loginrocket.core, site, error))? {
        SignedUp::LoggedIn(done) => Ok(login::finished(&loginrocket, &call, &done, true)),
        SignedUp::Kept(token) => {
            let token = token.expose_secret();
            let to = connected_apps::signup_destination(&site.app, call.kept.redir.as_deref());
            Ok(Answer::default().with("token", token).with("url", to.with_token(token, false)))
        }
        SignedUp::Mailed(address) => {
            let text = site.reader.language.say_with("signup-mailed", &[("address", &address)]);
            Err(Refusal::said(text).with("email_verification", "required"))
        }
    }
}

/// Adds a fresh challenge to an error that requires one.
fn with_challenge(core: &Core, site: &Site, error: Error) -> Refusal {
    let refusal = Refusal::from(error);
    if !refusal.fields().iter().any(|error| error.field == "challenge") {
        return refusal;
    }
    match challenges::issue(core, &site.realm, &site.settings, &site.actor.origin) {
        Some(challenge) => refusal.with("challenge", challenge),
        None => refusal,
    }
}
