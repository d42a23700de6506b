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
/// Field of the page state that is set after a recovery code was refused.
const RECOVERS: &str = "recovers";

/// Redirects to the form for a code of the pending login with this token.
pub fn ask(loginrocket: &LoginRocket, site: &Site, token: &str) -> Shown {
    PageState::step(token).show_at(loginrocket, site, PATH)
}

/// Shows the form; without a pending login, redirects to the login page or the app.
pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    form(&loginrocket, &site, PATH).unwrap_or_else(|| page::redirect_with(&loginrocket, &site.way_on().0, Vec::new()))
}

/// Renders the form, which is sent to this path. The token is in a form field.
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

/// Returns the page state after a refused code. Only a device clock that is behind is reported as such; all other
/// causes get one error.
pub fn refused(form: &Form, error: &Error) -> PageState {
    let recovers = !form.typed(RECOVERS).is_empty();
    let sentence = match error.fields().iter().find(|error| error.code == "clock_behind") {
        // Only the number of the core's sentence is needed.
        Some(late) => Phrase::with("code-old", "minutes", &late.text.replace(|c: char| !c.is_ascii_digit(), "")),
        None if recovers => Phrase::plain("code-recovery-refused"),
        None => Phrase::plain("code-refused"),
    };
    let state = PageState::refused(&[], form.all_typed(&[RECOVERS]));
    PageState { error: Some(sentence), token: Some(form.typed("token").to_owned()), ..state }
}

/// Returns one error for a wrong code and for a login that is no longer pending.
pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    // A social login may lead here even if the app has its own password form.
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
