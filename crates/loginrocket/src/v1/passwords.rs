//! `password/forgot`, `password/reset` and `password/update`.

use axum::extract::State;
use gantry_core::{Error, logins, sessions, users};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::refusal::Refusal;
use crate::loginrocket::LoginRocket;

/// One answer, whoever was meant; nothing of what was typed, so that all are the same to the last byte.
pub async fn forgot(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let site = &*call.site;
    Refusal::unless(call.door().has(site.settings.login))?;
    let (name, place) = (call.name()?, call.place());
    users::forgot_password(&loginrocket.core, &site.realm, &site.actor, name, &place).await?;
    Ok(Answer::saying(site.say("forgot-sent")))
}

/// With the token of a mail. Nobody is logged in by a mail alone.
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

/// With the login token and the present password. The session behind the token goes on, the user's others end.
pub async fn update(State(loginrocket): State<LoginRocket>, call: Call) -> Outcome {
    let (core, site) = (&loginrocket.core, &*call.site);
    Refusal::unless(logins::offers_passwords(core, &site.realm).await?)?;
    let bearer = sessions::bearer(core, &site.realm, call.text("token")).await?;
    let Some(bearer) = bearer else { return Err(Refusal::said(site.say("said-not-logged-in"))) };
    let fields = logins::new_password(&site.settings, call.fields());
    users::change_own_password(core, &site.realm, &site.actor, &bearer, fields).await?;
    Ok(Answer::saying(site.say("reset-done-title")))
}
