//! `/auth/<provider>`, where a social login begins, and `/auth/callback`, to which the provider redirects.
//!
//! Guarantees: beginning a login only stores a pending state and sets a cookie; only the browser that began it can
//! finish it; `redir` and `redirect_uri` are taken from the stored state, not from the callback's address.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use gantry_core::Error;
use gantry_core::connected_apps::Place;
use gantry_core::logins::{By, Door, Step};
use gantry_core::social_logins::{self, Arrived, Bound, Waiting, Way};
use gantry_crypto::token;
use gantry_social::{Failed, Returned};
use gantry_web::cookies;
use gantry_web::languages::Language;
use secrecy::{ExposeSecret, SecretString};

use crate::form::Form;
use crate::kept::{Kept, param};
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::site::Site;
use crate::{finish, login_code, signup, verify};

/// Cookie that binds a login to the browser that began it.
const BROWSER: &str = "gantry_social";
/// Cookie that names the identity waiting for a password or a form.
const WAITING: &str = "gantry_identity";
/// Lifetime of the waiting identity, in seconds.
const WAITING_SECONDS: i64 = 30 * 60;

/// Keys of a title and a text.
type Words = (&'static str, &'static str);

const EXPIRED: Words = ("social-expired-title", "social-expired");
const GIVEN_UP: Words = ("social-given-up-title", "social-given-up");
const CLOSED: Words = ("social-closed-title", "social-closed");
const NO_SIGNUP: Words = ("social-no-signup-title", "social-no-signup");
const NOT_CONFIRMED: Words = ("social-not-confirmed-title", "social-not-confirmed");
const UNREACHABLE: Words = ("social-unreachable-title", "social-unreachable");

pub async fn start(State(loginrocket): State<LoginRocket>, site: Site, Path(key): Path<String>) -> Shown {
    if !site.settings.login.is_offered() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let known = cookies::read(&site.headers, loginrocket.secure, BROWSER).filter(|value| value.len() == 43);
    let browser = known.clone().unwrap_or_else(|| token::generate(None, &loginrocket.core.random));
    let way = Way {
        callback: format!("{}/auth/callback", site.origin),
        redir: site.kept.redir.clone(),
        redirect_uri: site.kept.redirect_uri.clone(),
        locale: site.kept.locale.clone(),
    };
    let started = loginrocket.social.start(&site.realm, &site.actor, &key, way, Bound::Browser(&browser)).await;
    match started {
        Ok(started) => {
            let cookie = known.is_none().then(|| cookies::set(loginrocket.secure, BROWSER, &browser, None));
            page::redirect_with(&loginrocket, &started.url, cookie.into_iter().collect())
        }
        Err(error) => refused(&loginrocket, &site, error),
    }
}

/// The provider has redirected back, with a code or with an error.
pub async fn callback(State(loginrocket): State<LoginRocket>, mut site: Site, uri: Uri) -> Shown {
    site.kept = Kept::default();
    if !site.settings.login.is_offered() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let browser = cookies::read(&site.headers, loginrocket.secure, BROWSER);
    let (Some(browser), Some(state)) = (browser, param(&uri, "state")) else {
        return told(&loginrocket, &site, StatusCode::UNPROCESSABLE_ENTITY, EXPIRED);
    };
    let bound = Bound::Browser(&browser);
    let code = param(&uri, "code").filter(|code| !code.is_empty());
    let (None, Some(code)) = (param(&uri, "error"), code) else {
        return given_up(&loginrocket, site, &state, bound).await;
    };
    let issuer = param(&uri, "iss");
    let returned = Returned { state: &state, code: &code, issuer: issuer.as_deref() };
    let place = |way: &Way| {
        let language = language(&loginrocket, &site, way);
        Some(Place::at(&site.app, way.redirect_uri.as_deref(), language.tag()))
    };
    let end = (door(&site), place);
    match loginrocket.social.finish(&site.realm, &site.actor, returned, bound, end).await {
        Ok((done, way)) => arrived(&loginrocket, &resumed(&loginrocket, site, way), done).await.keeping_its_address(),
        Err(Failed { error, pending }) => {
            let Some(pending) = pending else { return refused(&loginrocket, &site, error).keeping_its_address() };
            let site = resumed(&loginrocket, site, pending.way);
            match refusal(error) {
                Ok((status, words)) => ended(&loginrocket, &site, status, words),
                Err(error) => site.failed(&loginrocket, error).keeping_its_address(),
            }
        }
    }
}

/// The user declined, or the provider returned an error.
async fn given_up(loginrocket: &LoginRocket, site: Site, state: &str, bound: Bound<'_>) -> Shown {
    let pending = match social_logins::find(&loginrocket.core, &site.realm, state, bound).await {
        Ok(Some(pending)) => pending,
        Ok(None) => return told(loginrocket, &site, StatusCode::UNPROCESSABLE_ENTITY, EXPIRED),
        Err(error) => return site.failed(loginrocket, error),
    };
    if let Err(error) = social_logins::give_up(&loginrocket.core, &site.realm, &site.actor, &pending).await {
        return site.failed(loginrocket, error);
    }
    ended(loginrocket, &resumed(loginrocket, site, pending.way), StatusCode::OK, GIVEN_UP)
}

/// Shows the result of a login that began here. It is kept for a reload, since the login's state is spent.
fn ended(loginrocket: &LoginRocket, site: &Site, status: StatusCode, (title, text): Words) -> Shown {
    let message = Message::new(status.as_u16(), title, Phrase::plain(text));
    PageState::says(message).show_at(loginrocket, site, &site.path)
}

/// Returns the language in which the login began, if its address named one; the callback's address does not.
fn language<'a>(loginrocket: &'a LoginRocket, site: &'a Site, way: &Way) -> &'a Arc<Language> {
    let named = way.locale.as_deref().and_then(|tag| loginrocket.pages.languages.named(tag));
    named.unwrap_or(&site.reader.language)
}

/// Restores the parameters and the language with which the login began.
fn resumed(loginrocket: &LoginRocket, mut site: Site, way: Way) -> Site {
    site.reader.language = Arc::clone(language(loginrocket, &site, &way));
    site.kept = Kept { redir: way.redir, redirect_uri: way.redirect_uri, locale: way.locale, form: None };
    site
}

/// Continues after the provider has authenticated the identity.
pub async fn arrived(loginrocket: &LoginRocket, site: &Site, arrived: Arrived) -> Shown {
    let waits_at = |path: &str, cookie: &SecretString| {
        let cookie = cookies::set(loginrocket.secure, WAITING, cookie.expose_secret(), Some(WAITING_SECONDS));
        page::redirect_with(loginrocket, &site.kept.at(path), vec![cookie])
    };
    match arrived {
        Arrived::Known(Step::Done(done)) => finish::logged_in(loginrocket, site, &done, false),
        Arrived::Known(Step::SecondFactor(pending)) => {
            login_code::ask(loginrocket, site, pending.token.expose_secret())
        }
        Arrived::Known(Step::Unproven(unproven)) => verify::comes_first(loginrocket, site, &unproven).await,
        Arrived::New(done) => finish::logged_in(loginrocket, site, &done, true),
        Arrived::Mailed(address) => signup::mailed(loginrocket, site, &address),
        Arrived::SignupToken(made) => signup::hand_over(loginrocket, site, &made.whole),
        Arrived::Link(cookie) => waits_at("/auth/link", &cookie),
        Arrived::Form(cookie) => waits_at("/auth/signup", &cookie),
    }
}

/// Returns the channel of a social login.
pub fn door(site: &Site) -> Door {
    Door::loginrocket(&site.settings, By::Provider)
}

/// Returns this browser's waiting identity, if it is of the wanted kind.
pub async fn waiting(
    loginrocket: &LoginRocket,
    site: &Site,
    is_wanted: fn(&Waiting) -> bool,
) -> Result<Waiting, Error> {
    if !site.settings.login.is_offered() {
        return Err(Error::NotFound("page"));
    }
    let gone = || Error::NotFound("waiting identity");
    let cookie = cookies::read(&site.headers, loginrocket.secure, WAITING).ok_or_else(gone)?;
    let waiting = social_logins::waiting(&loginrocket.core, &site.realm, &SecretString::from(cookie)).await?;
    if is_wanted(&waiting) { Ok(waiting) } else { Err(gone()) }
}

/// Clears the cookie of the waiting identity.
pub fn done_waiting(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, WAITING, "", Some(0))
}

/// Clears the cookies of social logins, so that the next user of the browser starts without them.
pub fn clear(loginrocket: &LoginRocket, site: &Site) -> impl Iterator<Item = HeaderValue> {
    let left = [BROWSER, WAITING].map(|name| {
        let is_there = cookies::read(&site.headers, loginrocket.secure, name).is_some();
        is_there.then(|| cookies::set(loginrocket.secure, name, "", Some(0)))
    });
    left.into_iter().flatten()
}

/// Returns the error page of a failed social login.
pub fn refused(loginrocket: &LoginRocket, site: &Site, error: gantry_social::Error) -> Shown {
    match refusal(error) {
        Ok((status, text)) => told(loginrocket, site, status, text),
        Err(error) => site.failed(loginrocket, error),
    }
}

/// Returns the error page of a failed form of a social login.
pub fn form_refused(loginrocket: &LoginRocket, form: &Form, error: Error) -> Shown {
    match refusal(error.into()) {
        Ok((status, (title, text))) => {
            let message = Message::new(status.as_u16(), title, Phrase::plain(text));
            PageState::says(message).show_at(loginrocket, &form.site, &form.site.path)
        }
        Err(error) => form.failed(loginrocket, error),
    }
}

/// Returns status and texts; errors without a special meaning here are returned as `Err`.
fn refusal(error: gantry_social::Error) -> Result<(StatusCode, Words), Error> {
    match error {
        gantry_social::Error::Core(error) => match error {
            Error::Unauthenticated => Ok((StatusCode::FORBIDDEN, CLOSED)),
            Error::NotFound("signup") => Ok((StatusCode::FORBIDDEN, NO_SIGNUP)),
            Error::NotFound("waiting identity") => Ok((StatusCode::UNPROCESSABLE_ENTITY, EXPIRED)),
            Error::Invalid(errors) if errors.iter().any(|error| error.field == "state") => {
                Ok((StatusCode::UNPROCESSABLE_ENTITY, EXPIRED))
            }
            Error::Invalid(_) => Ok((StatusCode::UNPROCESSABLE_ENTITY, NOT_CONFIRMED)),
            error => Err(error),
        },
        gantry_social::Error::Unreachable(_) => Ok((StatusCode::SERVICE_UNAVAILABLE, UNREACHABLE)),
        gantry_social::Error::Refused(_) | gantry_social::Error::Distrusted(_) | gantry_social::Error::Unchecked => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, NOT_CONFIRMED))
        }
    }
}

fn told(loginrocket: &LoginRocket, site: &Site, status: StatusCode, (title, text): Words) -> Shown {
    let (told, (back_url, back)) = ((&*site.say(title), &*site.say(text)), site.way_on());
    page::leading_on(loginrocket, site, status, told, (&back_url, &back)).keeping_its_address()
}
