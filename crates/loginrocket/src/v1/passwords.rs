//! `password/forgot`, `password/reset` and `password/update`.

use axum::extract::State;
use gantry_core::{Error, logins, sessions, users};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;

/// Returns one response for known and unknown users. It repeats no input, so that all responses are identical bytes.
pub async fn forgot(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let site = &*call.site;
    Refusal::unless(call.door().has(site.settings.login))?;
    let (name, place) = (call.name()?, call.place());
    users::forgot_password(&loginrocket.core, &site.realm, &site.actor, name, &place).await?;
    Ok(Answer::saying(site.say("forgot-sent")))
}

/// Sets a new password with the token of a mail. Does not log in: a mail alone must not be enough for that.
pub async fn reset(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let site = &*call.site;
    let fields = call.fields();
    match logins::reset_password(&loginrocket.core, &site.realm, &site.actor, &site.settings, fields).await {
        Ok(_) => Ok(Answer::saying(site.say("login-password-changed"))),
        Err(Error::Invalid(errors)) if call.has("token") && errors.iter().any(|error| error.field == "token") => {
            Err(Refusal::said(site.say("said-reset-unusable")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes the password, with the login token and the current password. The token's session remains; the user's other
/// sessions end.
pub async fn update(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (core, site) = (&loginrocket.core, &*call.site);
    Refusal::unless(logins::offers_passwords(core, &site.realm).await?)?;
    let bearer = sessions::bearer(core, &site.realm, call.text("token")).await?;
    let Some(bearer) = bearer else { return Err(Refusal::said(site.say("said-not-logged-in"))) };
    let fields = logins::new_password(&site.settings, call.fields());
    users::change_own_password(core, &site.realm, &site.actor, &bearer, fields).await?;
    Ok(Answer::saying(site.say("reset-done-title")))
}
