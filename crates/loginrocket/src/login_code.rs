//! `/login/code`: the second step of a login.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::logins::{self, Door};
use minijinja::context;

use crate::form::{Form, Kept};
use crate::login;
use crate::page::{self, Shown};
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
    let about =
        context! { action => kept.at(path), keep => kept.query(), token, error, login_url => kept.at("/login") };
    page::show(loginrocket, site, status, "loginrocket/login_code.html", about)
}

/// Without a pending login there is nothing to show: the password comes first.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, _site: Site, uri: Uri) -> Shown {
    page::redirect_with(&loginrocket, &Kept::of(&uri).at("/login"), Vec::new())
}

/// One answer for a wrong code and for a login that is no longer pending.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, &site.language, Error::NotFound("page"));
    }
    let door = Door::pages(&site.settings);
    let done = logins::with_code(&loginrocket.core, &site.realm, &site.actor, None, form.fields(), door);
    match done.await {
        Ok(done) => login::finish(&loginrocket, site, &form.kept, &done, false),
        Err(Error::Invalid(errors)) if errors.iter().any(|error| error.code == "clock_behind") => {
            // Of the rule's sentence the number is enough.
            let minutes: String =
                errors.iter().flat_map(|error| error.text.chars()).filter(char::is_ascii_digit).collect();
            let text = site.language.say_with("code-old", &[("minutes", &minutes)]);
            show(&loginrocket, site, &form.kept, form.typed("token"), Some(&text))
        }
        Err(Error::Unauthenticated | Error::NotFound(_) | Error::Invalid(_)) => {
            show(&loginrocket, site, &form.kept, form.typed("token"), Some(&site.say("code-refused")))
        }
        Err(error) => page::failed(&loginrocket, &site.language, error),
    }
}
