//! `/login/code`: the second step of a login.

use axum::extract::State;
use gantry_core::Error;
use gantry_core::logins::{self, Door};
use minijinja::context;

use crate::finish;
use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{PageState, Phrase};
use crate::site::Site;

const PATH: &str = "/login/code";
/// Is in the state where a recovery code was refused.
const RECOVERS: &str = "recovers";

/// Asks for a code of the pending login that has this token.
pub fn ask(loginrocket: &LoginRocket, site: &Site, token: &str) -> Shown {
    PageState::step(token).show_at(loginrocket, site, PATH)
}

/// Without a pending login there is nothing to show: the password comes first.
pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    form(&loginrocket, &site, PATH).unwrap_or_else(|| page::redirect_with(&loginrocket, &site.way_on().0, Vec::new()))
}

/// The form, which goes to this path. The token stands in the form.
pub fn form(loginrocket: &LoginRocket, site: &Site, path: &str) -> Option<Shown> {
    let token = site.state.token.as_deref()?;
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.action(path),
        keep => site.kept.query(),
        token,
        error => site.state.error.as_ref().map(|error| error.say(site)),
        recovers => !site.state.value(RECOVERS).is_empty(),
        back_url,
        back,
    };
    Some(page::show(loginrocket, site, page::status_of_form(site), "loginrocket/login_code.html", about))
}

/// What the page shows after a code that did not do. How far a device's clock is behind is told; all else is one answer.
pub fn refused(form: &Form, error: &Error) -> PageState {
    let recovers = !form.typed(RECOVERS).is_empty();
    let sentence = match error.fields().iter().find(|error| error.code == "clock_behind") {
        // Of the rule's sentence the number is enough.
        Some(late) => Phrase::with("code-old", "minutes", &late.text.replace(|c: char| !c.is_ascii_digit(), "")),
        None if recovers => Phrase::plain("code-recovery-refused"),
        None => Phrase::plain("code-refused"),
    };
    let state = PageState::refused(&[], form.all_typed(&[RECOVERS]));
    PageState { error: Some(sentence), token: Some(form.typed("token").to_owned()), ..state }
}

/// One answer for a wrong code and for a login that is no longer pending.
pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    // Whoever came by another site may get here where the app has the form for passwords.
    if !site.settings.login.is_offered() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let door = Door::pages(&site.settings);
    let done = logins::with_code(&loginrocket.core, &site.realm, &site.actor, None, form.fields(), door);
    match done.await {
        Ok(done) => finish::logged_in(&loginrocket, site, &done, false),
        Err(error @ (Error::Unauthenticated | Error::NotFound(_) | Error::Invalid(_))) => {
            refused(&form, &error).show_at(&loginrocket, site, PATH)
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}
