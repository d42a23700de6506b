//! `/password/forgot`: requests a mail with a link to set a new password.

use axum::extract::State;
use axum::http::StatusCode;
use gantry_core::{Error, logins, users};
use minijinja::context;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::site::Site;

const PATH: &str = "/password/forgot";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(true) if site.settings.login.on_pages() => {}
        Ok(_) => return site.failed(&loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(&loginrocket, error),
    }
    let about = context! {
        action => site.kept.action(PATH),
        keep => site.kept.query(),
        uses_email => site.uses_email(),
        login_url => site.kept.at("/login"),
    };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/forgot.html", about)
}

/// Returns one response for known and unknown users.
pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let (name, place) = (form.typed("username"), form.place());
    match users::forgot_password(&loginrocket.core, &site.realm, &site.actor, name, &place).await {
        Ok(()) => {
            // The message repeats no input, so that all responses are identical bytes.
            let sent = Message::new(200, "forgot-sent-title", Phrase::plain("forgot-sent"));
            PageState::says(sent).show_at(&loginrocket, site, PATH)
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}
