//! `/auth/<provider>`, where a login at another site begins, and `/auth/callback`, where it comes back to.
//!
//! Guarantees: beginning one changes nothing but a state that waits and a cookie; only the browser that began it can end
//! it; what it began with (`redir`, `redirect_uri`) is taken from there and not from the address it comes back to.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use gantry_core::Error;
use gantry_core::auth_providers::{self, AuthProvider};
use gantry_core::connected_apps::Place;
use gantry_core::logins::{By, Door, Step};
use gantry_core::social_logins::{self, Arrived, Bound, Waiting, Way};
use gantry_crypto::token;
use gantry_social::{Failed, Returned};
use gantry_web::cookies;
use minijinja::{Value, context};
use secrecy::{ExposeSecret, SecretString};

use crate::form::{Kept, param};
use crate::page::{self, Shown};
use crate::routes::LoginRocket;
use crate::site::Site;
use crate::{login, login_code, signup, verify};

/// Ties a login to the browser that it was begun in.
const BROWSER: &str = "gantry_social";
/// Names the identity that waits for a password or a form.
const WAITING: &str = "gantry_identity";
/// As long as what it names.
const WAITING_SECONDS: i64 = 30 * 60;

/// The keys of a title and of a text.
type Words = (&'static str, &'static str);

const EXPIRED: Words = ("social-expired-title", "social-expired");
const GIVEN_UP: Words = ("social-given-up-title", "social-given-up");
const CLOSED: Words = ("social-closed-title", "social-closed");
const NO_SIGNUP: Words = ("social-no-signup-title", "social-no-signup");
const NOT_CONFIRMED: Words = ("social-not-confirmed-title", "social-not-confirmed");
const UNREACHABLE: Words = ("social-unreachable-title", "social-unreachable");

/// The realm's providers, as buttons; none where nobody can log in.
pub async fn buttons(loginrocket: &LoginRocket, site: &Site, kept: &Kept) -> Result<Vec<Value>, Error> {
    if !site.settings.login.is_offered() {
        return Ok(Vec::new());
    }
    let providers = auth_providers::social(&loginrocket.core.db, &site.realm).await?;
    let button = |provider: &AuthProvider| {
        context! { title => provider.title(), url => kept.at(&format!("/auth/{}", provider.key())) }
    };
    Ok(providers.iter().map(button).collect())
}

pub async fn start(State(loginrocket): State<LoginRocket>, site: Site, Path(key): Path<String>, uri: Uri) -> Shown {
    if !site.settings.login.is_offered() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let kept = Kept::of(&uri);
    let known = cookies::read(&site.headers, loginrocket.secure, BROWSER).filter(|value| value.len() == 43);
    let browser = known.clone().unwrap_or_else(|| token::generate(None, &loginrocket.core.random));
    let way = Way {
        callback: format!("{}/auth/callback", site.origin),
        redir: kept.redir.clone(),
        redirect_uri: kept.redirect_uri.clone(),
        locale: kept.locale.clone(),
    };
    let started = loginrocket.social.start(&site.realm, &site.actor, &key, way, Bound::Browser(&browser)).await;
    match started {
        Ok(started) => {
            let cookie = known.is_none().then(|| cookies::set(loginrocket.secure, BROWSER, &browser, None));
            page::redirect_with(&loginrocket, &started.url, cookie.into_iter().collect())
        }
        Err(error) => refused(&loginrocket, &site, &kept, error),
    }
}

/// The provider has sent the browser back, with a code or with its regrets.
pub async fn callback(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.login.is_offered() {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let browser = cookies::read(&site.headers, loginrocket.secure, BROWSER);
    let (Some(browser), Some(state)) = (browser, param(&uri, "state")) else {
        return told(&loginrocket, &site, &Kept::default(), StatusCode::UNPROCESSABLE_ENTITY, EXPIRED);
    };
    let bound = Bound::Browser(&browser);
    let code = param(&uri, "code").filter(|code| !code.is_empty());
    let (None, Some(code)) = (param(&uri, "error"), code) else {
        return given_up(&loginrocket, &site, &state, bound).await;
    };
    let issuer = param(&uri, "iss");
    let returned = Returned { state: &state, code: &code, issuer: issuer.as_deref() };
    let place = |way: &Way| Some(Place::at(&site.app, way.redirect_uri.as_deref(), site.reader.language.tag()));
    let end = (door(&site), place);
    match loginrocket.social.finish(&site.realm, &site.actor, returned, bound, end).await {
        Ok((done, way)) => arrived(&loginrocket, &site, &kept(way), done).keeping_its_address(),
        Err(Failed { error, pending }) => {
            let kept = pending.map(|pending| kept(pending.way)).unwrap_or_default();
            refused(&loginrocket, &site, &kept, error).keeping_its_address()
        }
    }
}

/// The person did not agree, or the provider did not want to.
async fn given_up(loginrocket: &LoginRocket, site: &Site, state: &str, bound: Bound<'_>) -> Shown {
    let pending = match social_logins::find(&loginrocket.core, &site.realm, state, bound).await {
        Ok(Some(pending)) => pending,
        Ok(None) => return told(loginrocket, site, &Kept::default(), StatusCode::UNPROCESSABLE_ENTITY, EXPIRED),
        Err(error) => return site.failed(loginrocket, error),
    };
    if let Err(error) = social_logins::give_up(&loginrocket.core, &pending).await {
        return site.failed(loginrocket, error);
    }
    told(loginrocket, site, &kept(pending.way), StatusCode::OK, GIVEN_UP)
}

fn kept(way: Way) -> Kept {
    Kept { redir: way.redir, redirect_uri: way.redirect_uri, locale: way.locale }
}

/// What a known identity has come to.
pub fn arrived(loginrocket: &LoginRocket, site: &Site, kept: &Kept, arrived: Arrived) -> Shown {
    let waits_at = |path: &str, cookie: &SecretString| {
        let cookie = cookies::set(loginrocket.secure, WAITING, cookie.expose_secret(), Some(WAITING_SECONDS));
        page::redirect_with(loginrocket, &kept.at(path), vec![cookie])
    };
    match arrived {
        Arrived::Known(Step::Done(done)) => login::finish(loginrocket, site, kept, &done, false),
        Arrived::Known(Step::SecondFactor(pending)) => {
            login_code::ask(loginrocket, site, kept, pending.token.expose_secret())
        }
        Arrived::Known(Step::Unproven(unproven)) => verify::comes_first(loginrocket, site, kept, &unproven),
        Arrived::New(done) => login::finish(loginrocket, site, kept, &done, true),
        Arrived::Mailed(address) => signup::mailed(loginrocket, site, kept, &address),
        Arrived::SignupToken(made) => signup::hand_over(loginrocket, site, kept, &made.whole),
        Arrived::Link(cookie) => waits_at("/auth/link", &cookie),
        Arrived::Form(cookie) => waits_at("/auth/signup", &cookie),
    }
}

/// The door that whoever comes by another site stands at.
pub fn door(site: &Site) -> Door {
    Door::loginrocket(&site.settings, By::Provider)
}

/// What waits for this browser, if it is of this kind.
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

/// Nothing waits any more.
pub fn done_waiting(loginrocket: &LoginRocket) -> HeaderValue {
    cookies::set(loginrocket.secure, WAITING, "", Some(0))
}

/// Takes along what a login at another site has left in the browser: whoever comes next begins with nothing of it.
pub fn clear(loginrocket: &LoginRocket, site: &Site) -> impl Iterator<Item = HeaderValue> {
    let left = [BROWSER, WAITING].map(|name| {
        let is_there = cookies::read(&site.headers, loginrocket.secure, name).is_some();
        is_there.then(|| cookies::set(loginrocket.secure, name, "", Some(0)))
    });
    left.into_iter().flatten()
}

/// What came of it instead of a login, in words for the person.
pub fn refused(loginrocket: &LoginRocket, site: &Site, kept: &Kept, error: gantry_social::Error) -> Shown {
    let (status, text) = match error {
        gantry_social::Error::Core(error) => match error {
            Error::Unauthenticated => (StatusCode::FORBIDDEN, CLOSED),
            Error::NotFound("signup") => (StatusCode::FORBIDDEN, NO_SIGNUP),
            Error::NotFound("waiting identity") => (StatusCode::UNPROCESSABLE_ENTITY, EXPIRED),
            Error::Invalid(errors) if errors.iter().any(|error| error.field == "state") => {
                (StatusCode::UNPROCESSABLE_ENTITY, EXPIRED)
            }
            Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, NOT_CONFIRMED),
            error => return site.failed(loginrocket, error),
        },
        gantry_social::Error::Unreachable(_) => (StatusCode::SERVICE_UNAVAILABLE, UNREACHABLE),
        gantry_social::Error::Refused(_) | gantry_social::Error::Distrusted(_) | gantry_social::Error::Unchecked => {
            (StatusCode::UNPROCESSABLE_ENTITY, NOT_CONFIRMED)
        }
    };
    told(loginrocket, site, kept, status, text)
}

fn told(loginrocket: &LoginRocket, site: &Site, kept: &Kept, status: StatusCode, (title, text): Words) -> Shown {
    let (told, (back_url, back)) = ((&*site.say(title), &*site.say(text)), site.way_on(kept));
    page::leading_on(loginrocket, site, status, told, (&back_url, &back)).keeping_its_address()
}
