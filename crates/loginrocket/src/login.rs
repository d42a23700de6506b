//! `/login`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::auth_providers::Sso;
use gantry_core::connected_apps;
use gantry_core::logins::{self, Door, LoggedIn, Step};
use gantry_core::sessions::{self, Remembered};
use gantry_core::users::Key;
use minijinja::context;
use secrecy::ExposeSecret;

use crate::form::{Form, Kept, param};
use crate::login_code;
use crate::page::{self, Shown};
use crate::remembered;
use crate::routes::LoginRocket;
use crate::site::Site;
use crate::social;
use crate::verify;

/// What another page did before it sent the person here; an address can say no other words.
const NOTICES: [(&str, &str); 2] =
    [(PASSWORD_CHANGED, "login-password-changed"), (EMAIL_CONFIRMED, "login-email-confirmed")];
pub const PASSWORD_CHANGED: &str = "password";
pub const EMAIL_CONFIRMED: &str = "email";

/// What the form tells besides its fields: what was typed, and the keys of sentences.
#[derive(Default)]
struct Told<'a> {
    username: &'a str,
    error: Option<&'a str>,
    notice: Option<&'a str>,
}

/// Where apps share logins, whoever is logged in goes straight on; `prompt=login` asks again all the same.
pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, &site.language, Error::NotFound("page"));
    }
    if site.settings.sso == Sso::Seamless && param(&uri, "prompt").as_deref() != Some("login") {
        match go_on(&loginrocket, &site, &Kept::of(&uri)).await {
            Ok(Some(shown)) => return shown,
            Ok(None) => {}
            Err(error) => return page::failed(&loginrocket, &site.language, error),
        }
    }
    let notice = param(&uri, "notice").and_then(|word| NOTICES.iter().find(|(known, _)| *known == word));
    let told = Told { notice: notice.map(|(_, key)| *key), ..Told::default() };
    form(&loginrocket, &site, &Kept::of(&uri), (StatusCode::OK, told)).await
}

/// One answer for a wrong password, an unknown or an inactive user.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return page::failed(&loginrocket, &site.language, Error::NotFound("page"));
    }
    let password = form.password();
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
            let told = Told { username: typed, error: Some(refused(site)), notice: None };
            self::form(&loginrocket, site, &form.kept, (StatusCode::UNPROCESSABLE_ENTITY, told)).await
        }
        Err(error) => page::failed(&loginrocket, &site.language, error),
    }
}

/// The key of what is said to whoever did not get in.
pub fn refused(site: &Site) -> &'static str {
    if site.uses_email() { "login-refused-email" } else { "login-refused" }
}

async fn form(loginrocket: &LoginRocket, site: &Site, kept: &Kept, (status, told): (StatusCode, Told<'_>)) -> Shown {
    let forgot = match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(offered) => offered.then_some("/password/forgot"),
        Err(error) => return page::failed(loginrocket, &site.language, error),
    };
    let providers = match social::buttons(loginrocket, site, kept).await {
        Ok(providers) => providers,
        Err(error) => return page::failed(loginrocket, &site.language, error),
    };
    let signup = site.settings.signup.on_pages().then_some("/signup");
    let about = context! {
        action => kept.at("/login"),
        keep => kept.query(),
        uses_email => site.uses_email(),
        username => told.username,
        error => told.error.map(|key| site.say(key)),
        notice => told.notice.map(|key| site.say(key)),
        forgot_url => forgot,
        providers,
        signup_url => signup,
    };
    page::show(loginrocket, site, status, "loginrocket/login.html", about)
}

/// Sends the browser to the app with the login token, and remembers the login.
pub fn finish(loginrocket: &LoginRocket, site: &Site, kept: &Kept, done: &LoggedIn, signup: bool) -> Shown {
    let to = connected_apps::destination(&site.app, kept.redirect_uri.as_deref(), kept.redir.as_deref());
    let url = to.with_token(&done.opened.token, signup);
    page::redirect_with(loginrocket, &url, remembered::set(loginrocket, done))
}

/// The same with a copy of the token of the login that this browser remembers.
async fn go_on(loginrocket: &LoginRocket, site: &Site, kept: &Kept) -> Result<Option<Shown>, Error> {
    let Some(Remembered { session, user }) = remembered::login(loginrocket, site).await? else { return Ok(None) };
    let token = sessions::token_of(&loginrocket.core, &site.realm, &session, &user).await?;
    let to = connected_apps::destination(&site.app, kept.redirect_uri.as_deref(), kept.redir.as_deref());
    Ok(Some(page::redirect_with(loginrocket, &to.with_token(&token, false), Vec::new())))
}
