//! `/login`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::connected_apps::{self, redirects};
use gantry_core::fields::Sent;
use gantry_core::logins::{self, LoggedIn, Step, Unknown};
use gantry_core::users::Key;
use minijinja::{Value, context};
use secrecy::{ExposeSecret, SecretString};

use crate::form::{Form, Kept};
use crate::login_code;
use crate::page::{self, Shown};
use crate::remembered;
use crate::routes::LoginRocket;
use crate::site::Site;

const REFUSED: &str = "That username and password do not match. Please try again.";
const REFUSED_EMAIL: &str = "That email and password do not match. Please try again.";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, Error::NotFound("page"));
    }
    form(&loginrocket, &site, &Kept::of(&uri), (StatusCode::OK, "", None))
}

/// One answer for a wrong password, an unknown or an inactive user.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, Error::NotFound("page"));
    }
    let password = match form.fields().secret("password") {
        Sent::Value(password) => password,
        Sent::Null | Sent::Absent => SecretString::from(""),
    };
    let typed = form.typed("username");
    let key = Key::parse(typed.trim());
    let done =
        logins::with_password(&loginrocket.core, &site.realm, &site.actor, (&key, &password), Unknown::IsHidden, true);
    match done.await {
        Ok(Step::Done(done)) => finish(&loginrocket, site, &form.kept, &done, false),
        Ok(Step::SecondFactor(pending)) => {
            login_code::show(&loginrocket, site, &form.kept, pending.token.expose_secret(), None)
        }
        Err(Error::Unauthenticated | Error::NotFound(_)) => {
            let text = if site.uses_email() { REFUSED_EMAIL } else { REFUSED };
            self::form(&loginrocket, site, &form.kept, (StatusCode::UNPROCESSABLE_ENTITY, typed, Some(text)))
        }
        Err(error) => page::failed(&loginrocket, error),
    }
}

fn form(
    loginrocket: &LoginRocket,
    site: &Site,
    kept: &Kept,
    (status, username, error): (StatusCode, &str, Option<&str>),
) -> Shown {
    let signup = site.settings.signup.on_pages().then_some("/signup");
    let about = context! {
        action => kept.at("/login"),
        keep => kept.query(),
        uses_email => site.uses_email(),
        username,
        error,
        signup_url => signup.map_or(Value::from(()), Value::from),
    };
    page::show(loginrocket, site, status, "loginrocket/login.html", about)
}

/// Sends the browser to the app with the login token, and remembers the login.
pub fn finish(loginrocket: &LoginRocket, site: &Site, kept: &Kept, done: &LoggedIn, signup: bool) -> Shown {
    let to = connected_apps::destination(&site.app, kept.redirect_uri.as_deref(), kept.redir.as_deref());
    let mut params = vec![("token", done.opened.token.as_str())];
    if signup {
        params.push(("signup", "true"));
    }
    if let Some(redir) = &to.redir {
        params.push(("redir", redir));
    }
    let url = redirects::with_params(&to.url, &params);
    page::redirect_with(loginrocket, &url, remembered::set(loginrocket, done))
}
