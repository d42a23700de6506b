//! `/login/code`: the second step of a login.

use std::borrow::Cow;

use axum::extract::State;
use axum::http::StatusCode;
use gantry_core::Error;
use gantry_core::credentials::PasswordPolicy;
use gantry_core::logins::{self, Door};
use minijinja::context;

use crate::finish;
use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::problems;
use crate::site::Site;

/// Asks for a code of the pending login that has this token.
pub fn ask(loginrocket: &LoginRocket, site: &Site, token: &str) -> Shown {
    show("/login/code", loginrocket, site, (token, None))
}

/// The same where the form goes to this path, after a mistake perhaps. The token stands in the form.
pub fn show(
    path: &str,
    loginrocket: &LoginRocket,
    site: &Site,
    (token, refused): (&str, Option<Refused<'_>>),
) -> Shown {
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.at(path),
        keep => site.kept.query(),
        token,
        error => refused.as_ref().map(|refused| &*refused.sentence),
        recovers => refused.is_some_and(|refused| refused.recovers),
        back_url,
        back,
    };
    page::show(loginrocket, site, status, "loginrocket/login_code.html", about)
}

/// A code that did not do.
pub struct Refused<'a> {
    sentence: Cow<'a, str>,
    /// Whether it was a recovery code.
    recovers: bool,
}

impl<'a> Refused<'a> {
    /// Of a form of this page. How far a device's clock is behind is told; all else is one answer.
    pub fn of(form: &'a Form, error: &'a Error) -> Self {
        let recovers = !form.typed("recovers").is_empty();
        let of_clock = error.fields().iter().find(|error| error.code == "clock_behind");
        let sentence = match of_clock {
            Some(late) => problems::sentence(&form.site.reader.language, &PasswordPolicy::default(), "code", late),
            None if recovers => form.site.say("code-recovery-refused"),
            None => form.site.say("code-refused"),
        };
        Self { sentence, recovers }
    }
}

/// Without a pending login there is nothing to show: the password comes first.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    page::redirect_with(&loginrocket, &site.way_on().0, Vec::new())
}

/// One answer for a wrong code and for a login that is no longer pending.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
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
            let refused = Refused::of(&form, &error);
            show("/login/code", &loginrocket, site, (form.typed("token"), Some(refused)))
        }
        Err(error) => site.failed(&loginrocket, error),
    }
}
