//! `/login`

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use gantry_core::Error;
use gantry_core::auth_providers::Sso;
use gantry_core::configuration::Reading;
use gantry_core::logins::{self, Door, Step};
use gantry_core::sessions::{self, Remembered};
use gantry_core::users::Key;
use minijinja::{Value, context};
use secrecy::ExposeSecret;

use crate::finish;
use crate::form::Form;
use crate::kept::param;
use crate::login_code;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::page_state::{PageState, Phrase};
use crate::prepared::Name;
use crate::reader;
use crate::remembered;
use crate::site::{self, Site};
use crate::social_buttons;
use crate::verify;

const FORM: &str = "loginrocket/login.html";

/// Most visitors get a prepared page.
pub async fn show(State(loginrocket): State<LoginRocket>, request: Request) -> Shown {
    let (mut parts, _) = request.into_parts();
    let (configuration, now) = (&loginrocket.core.configuration, loginrocket.core.clock.now_ms());
    let name = name(&loginrocket, &parts);
    if let Some(page) = name.as_ref().and_then(|name| loginrocket.prepared.page(name, configuration, now)) {
        return page::prepared(&loginrocket, &parts.headers, &page);
    }
    let reading = configuration.reading(now);
    match Site::from_request_parts(&mut parts, &loginrocket).await {
        Ok(site) => show_anew(&loginrocket, &site, name.map(|name| (name, reading)), &parts).await,
        Err(refused) => refused,
    }
}

/// Returns the cache key of the page, if the page does not depend on a remembered login or a sent form.
fn name(loginrocket: &LoginRocket, parts: &Parts) -> Option<Name> {
    if remembered::is_sent(&parts.headers, loginrocket.secure) || param(&parts.uri, "form").is_some() {
        return None;
    }
    let language = reader::language(loginrocket, &parts.uri, &parts.headers);
    Name::new(&site::origin(loginrocket, parts)?, parts.uri.query().unwrap_or_default(), language.tag())
}

/// If apps share logins, a logged-in user is redirected at once; `prompt=login` still asks for a login.
async fn show_anew(loginrocket: &LoginRocket, site: &Site, keep: Option<(Name, Reading)>, parts: &Parts) -> Shown {
    let uri = &parts.uri;
    if !site.settings.login.on_pages() {
        return site.failed(loginrocket, Error::NotFound("page"));
    }
    let asks = site.state.is_refused() || param(uri, "prompt").as_deref() == Some("login");
    if site.settings.sso == Sso::Seamless && !asks {
        match go_on(loginrocket, site).await {
            Ok(Some(shown)) => return shown,
            Ok(None) => {}
            Err(error) => return site.failed(loginrocket, error),
        }
    }
    let notice = param(uri, "notice").and_then(|word| notices::key(&word)).filter(|_| !site.state.is_refused());
    let about = match about(loginrocket, site, notice).await {
        Ok(about) => about,
        Err(error) => return site.failed(loginrocket, error),
    };
    match keep {
        Some(keep) => page::prepare(loginrocket, site, keep, (FORM, about)),
        None => page::show(loginrocket, site, page::status_of_form(site), FORM, about),
    }
}

/// Returns one error for a wrong password, an unknown user and an inactive user.
pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.login.on_pages() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let password = form.password();
    let typed = form.typed("username");
    let key = Key::parse(typed);
    let door = Door::pages(&site.settings);
    let done = logins::with_password(&loginrocket.core, &site.realm, &site.actor, (&key, &password), door);
    match done.await {
        Ok(Step::Done(done)) => finish::logged_in(&loginrocket, site, &done, false),
        Ok(Step::SecondFactor(pending)) => login_code::ask(&loginrocket, site, pending.token.expose_secret()),
        Ok(Step::Unproven(unproven)) => verify::comes_first(&loginrocket, site, &unproven).await,
        Err(Error::Unauthenticated | Error::NotFound(_)) => {
            let error = Some(Phrase::plain(refused(site)));
            let state = PageState { error, ..PageState::refused(&[], form.all_typed(&["username"])) };
            state.show_at(&loginrocket, site, "/login")
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}

/// Returns the key of the sentence for a failed login.
pub fn refused(site: &Site) -> &'static str {
    match (site.uses_email(), site.takes_either()) {
        (true, _) => "login-refused-email",
        (false, true) => "login-refused-either",
        (false, false) => "login-refused",
    }
}

/// Returns the variables of the form's template.
async fn about(loginrocket: &LoginRocket, site: &Site, notice: Option<&str>) -> Result<Value, Error> {
    let has_passwords = logins::offers_passwords(&loginrocket.core, &site.realm).await?;
    let providers = social_buttons::of(loginrocket, site).await?;
    Ok(context! {
        action => site.kept.action("/login"),
        keep => site.kept.query(),
        uses_email => site.uses_email(),
        takes_either => site.takes_either(),
        username => site.state.value("username"),
        error => site.state.error.as_ref().map(|error| error.say(site)),
        notice => notice.map(|key| site.say(key)),
        forgot_url => has_passwords.then_some("/password/forgot"),
        providers,
        signup_url => (has_passwords && site.settings.signup.on_pages()).then_some("/signup"),
    })
}

/// Redirects to the app with a copy of the token of the login that this browser remembers.
async fn go_on(loginrocket: &LoginRocket, site: &Site) -> Result<Option<Shown>, Error> {
    let Some(Remembered { session, user }) = remembered::login(loginrocket, &site.realm, &site.headers).await? else {
        return Ok(None);
    };
    let token = sessions::token_of(&loginrocket.core, &site.realm, &session, &user).await?;
    Ok(Some(page::redirect_with(loginrocket, &site.destination().with_token(&token, false), Vec::new())))
}
