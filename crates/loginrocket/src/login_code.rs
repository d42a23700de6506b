//! `/login/code`: the second step of a login.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::credentials::PasswordPolicy;
use gantry_core::logins::{self, Door};
use minijinja::context;

use crate::form::{Form, Kept};
use crate::login;
use crate::page::{self, Shown};
use crate::problems;
use crate::routes::LoginRocket;
use crate::site::Site;

/// Asks for a code.
pub fn show(loginrocket: &LoginRocket, site: &Site, kept: &Kept, token: &str, error: Option<&str>) -> Shown {
    show_for("/login/code", loginrocket, site, kept, token, error)
}

/// The same where the form goes to this path. The pending login's token stands in the form.
pub fn show_for(
    path: &str,
    loginrocket: &LoginRocket,
    site: &Site,
    kept: &Kept,
    token: &str,
    error: Option<&str>,
) -> Shown {
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (back_url, back) = site.way_on(kept);
    let about = context! { action => kept.at(path), keep => kept.query(), token, error, back_url, back };
    page::show(loginrocket, site, status, "loginrocket/login_code.html", about)
}

/// Without a pending login there is nothing to show: the password comes first.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    page::redirect_with(&loginrocket, &site.way_on(&Kept::of(&uri)).0, Vec::new())
}

/// One answer for a wrong code and for a login that is no longer pending.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    // Whoever came by another site may get here where the app has the form for passwords.
    if !site.settings.login.is_offered() {
        return page::failed(&loginrocket, &site.language, Error::NotFound("page"));
    }
    let door = Door::pages(&site.settings);
    let done = logins::with_code(&loginrocket.core, &site.realm, &site.actor, None, form.fields(), door);
    match done.await {
        Ok(done) => login::finish(&loginrocket, site, &form.kept, &done, false),
        Err(error @ (Error::Unauthenticated | Error::NotFound(_) | Error::Invalid(_))) => {
            let of_clock = error.fields().iter().find(|error| error.code == "clock_behind");
            let text = match of_clock {
                Some(late) => problems::sentence(&site.language, &PasswordPolicy::default(), "code", late),
                None => site.say("code-refused"),
            };
            show(&loginrocket, site, &form.kept, form.typed("token"), Some(&text))
        }
        Err(error) => page::failed(&loginrocket, &site.language, error),
    }
}
