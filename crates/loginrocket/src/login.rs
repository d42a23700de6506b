//! `/login`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::connected_apps::{self, redirects};
use gantry_core::fields::Sent;
use gantry_core::logins::{self, Door, LoggedIn, Step};
use gantry_core::users::Key;
use minijinja::context;
use secrecy::{ExposeSecret, SecretString};

use crate::form::{Form, Kept, param};
use crate::login_code;
use crate::page::{self, Shown};
use crate::remembered;
use crate::routes::LoginRocket;
use crate::site::Site;
use crate::social;
use crate::verify;

const REFUSED: &str = "That username and password do not match. Please try again.";
const REFUSED_EMAIL: &str = "That email and password do not match. Please try again.";

/// What another page did before it sent the person here; an address can say no other words.
const NOTICES: [(&str, &str); 2] = [
    (PASSWORD_CHANGED, "Your password was changed. Please log in with the new one."),
    (EMAIL_CONFIRMED, "Your email address is confirmed. Please log in."),
];
pub const PASSWORD_CHANGED: &str = "password";
pub const EMAIL_CONFIRMED: &str = "email";

/// What the form tells besides its fields.
#[derive(Default)]
struct Told<'a> {
    username: &'a str,
    error: Option<&'a str>,
    notice: Option<&'a str>,
}

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, Error::NotFound("page"));
    }
    let notice = param(&uri, "notice").and_then(|word| NOTICES.iter().find(|(known, _)| *known == word));
    let told = Told { notice: notice.map(|(_, text)| *text), ..Told::default() };
    form(&loginrocket, &site, &Kept::of(&uri), (StatusCode::OK, told)).await
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
    let door = Door::pages(&site.settings);
    let done = logins::with_password(&loginrocket.core, &site.realm, &site.actor, (&key, &password), door);
    match done.await {
        Ok(Step::Done(done)) => finish(&loginrocket, site, &form.kept, &done, false),
        Ok(Step::SecondFactor(pending)) => {
            login_code::show(&loginrocket, site, &form.kept, pending.token.expose_secret(), None)
        }
        Ok(Step::Unproven(unproven)) => verify::comes_first(&loginrocket, site, &form.kept, &unproven),
        Err(Error::Unauthenticated | Error::NotFound(_)) => {
            let text = if site.uses_email() { REFUSED_EMAIL } else { REFUSED };
            let told = Told { username: typed, error: Some(text), notice: None };
            self::form(&loginrocket, site, &form.kept, (StatusCode::UNPROCESSABLE_ENTITY, told)).await
        }
        Err(error) => page::failed(&loginrocket, error),
    }
}

async fn form(loginrocket: &LoginRocket, site: &Site, kept: &Kept, (status, told): (StatusCode, Told<'_>)) -> Shown {
    let forgot = match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(offered) => offered.then_some("/password/forgot"),
        Err(error) => return page::failed(loginrocket, error),
    };
    let providers = match social::buttons(loginrocket, site, kept).await {
        Ok(providers) => providers,
        Err(error) => return page::failed(loginrocket, error),
    };
    let signup = site.settings.signup.on_pages().then_some("/signup");
    let about = context! {
        action => kept.at("/login"),
        keep => kept.query(),
        uses_email => site.uses_email(),
        username => told.username,
        error => told.error,
        notice => told.notice,
        forgot_url => forgot,
        providers,
        signup_url => signup,
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
