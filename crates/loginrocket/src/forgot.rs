//! `/password/forgot`: asks for a mail with which to set a new password.

use axum::extract::State;
use axum::http::StatusCode;
use gantry_core::{Error, logins, users};
use minijinja::context;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::site::Site;

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(true) if site.settings.login.on_pages() => {}
        Ok(_) => return site.failed(&loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(&loginrocket, error),
    }
    let about = context! {
        action => site.kept.at("/password/forgot"),
        keep => site.kept.query(),
        uses_email => site.uses_email(),
        login_url => site.kept.at("/login"),
    };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/forgot.html", about)
}

/// One answer, whoever was meant.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let (name, place) = (form.typed("username"), form.place());
    match users::forgot_password(&loginrocket.core, &site.realm, &site.actor, name, &place).await {
        Ok(()) => {
            // Nothing of what was typed, so that all answers are the same to the last byte.
            let told = (&*site.say("forgot-sent-title"), &*site.say("forgot-sent"));
            let back = (&*site.kept.at("/login"), &*site.say("back-to-login"));
            page::leading_on(&loginrocket, site, StatusCode::OK, told, back)
        }
        Err(error) => site.failed(&loginrocket, error),
    }
}
