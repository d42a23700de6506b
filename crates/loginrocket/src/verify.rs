//! `/email/verify?token=kev_…`, the target of the link in a verification mail, and `/email/request`, which resends it.
//!
//! Guarantees: opening the link does not consume the token and reveals only whether the link works, not the address; a
//! mail is resent only to a user who has just entered the right password.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::Error;
use gantry_core::auth_providers::Verification;
use gantry_core::connected_apps::Place;
use gantry_core::logins::Unproven;
use gantry_core::users::{self, VerificationLink};
use minijinja::context;
use secrecy::{ExposeSecret, SecretString};

use crate::form::Form;
use crate::kept::param;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::site::Site;

const VERIFY: &str = "/email/verify";
const REQUEST: &str = "/email/request";
/// Field of the page state: the user has no address to which a mail can be sent.
const NO_ADDRESS: &str = "no_address";
/// Field of the page state: the limit of mails to this user is reached.
const NO_MAIL: &str = "no_mail";

pub async fn show(State(loginrocket): State<LoginRocket>, mut site: Site, uri: Uri) -> Shown {
    if !site.settings.verify {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let in_address = param(&uri, "token").filter(|token| !token.is_empty());
    let Some(token) = site.state.token.clone().or(in_address) else {
        return page::message(&loginrocket, &site, &unusable(&site));
    };
    match users::verification_link(&loginrocket.core, &site.realm, &SecretString::from(token.as_str())).await {
        Ok(VerificationLink::Usable) => {}
        Ok(VerificationLink::AlreadyUsed) => return page::message(&loginrocket, &site, &verified()),
        Ok(VerificationLink::Unusable) => return page::message(&loginrocket, &site, &unusable(&site)),
        Err(error) => return site.failed(&loginrocket, error),
    }
    let cookies = match site.state.token {
        Some(_) => Vec::new(),
        None => PageState::step(&token).keep_for_links(&loginrocket, &mut site),
    };
    let about = context! { action => site.kept.action(VERIFY), keep => site.kept.query(), token };
    let shown = page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/verify.html", about);
    cookies.into_iter().fold(shown.keeping_its_address(), Shown::with_cookie)
}

pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.verify {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    match users::verify_email(&loginrocket.core, &site.realm, &site.actor, None, form.fields()).await {
        Ok(_) => confirmed(&loginrocket, site),
        Err(Error::Invalid(_)) => {
            let token = SecretString::from(form.typed("token"));
            match users::verification_link(&loginrocket.core, &site.realm, &token).await {
                Ok(VerificationLink::AlreadyUsed) => confirmed(&loginrocket, site),
                Ok(_) => PageState::says(unusable(site)).show_at(&loginrocket, site, VERIFY),
                Err(error) => form.failed(&loginrocket, error),
            }
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}

fn confirmed(loginrocket: &LoginRocket, site: &Site) -> Shown {
    if site.settings.login.on_pages() {
        let to = site.kept.at_with("/login", "notice", notices::EMAIL_CONFIRMED);
        return page::redirect_with(loginrocket, &to, Vec::new());
    }
    PageState::says(verified()).show_at(loginrocket, site, VERIFY)
}

fn verified() -> Message {
    Message::new(200, "verify-done-title", Phrase::plain("verify-done"))
}

fn unusable(site: &Site) -> Message {
    let asks = site.settings.login.on_pages() && site.settings.email_verification == Verification::Require;
    let text = if asks { "verify-unusable-but" } else { "verify-unusable" };
    Message::new(422, "link-unusable-title", Phrase::plain(text))
}

/// The password was right, but the email address must be verified first. Sends the verification mail if none was sent
/// yet.
pub async fn comes_first(loginrocket: &LoginRocket, site: &Site, unproven: &Unproven) -> Shown {
    let state = PageState::step(unproven.token.expose_secret());
    let state = match is_mailed(loginrocket, site, unproven).await {
        Ok(_) if !unproven.has_address => state.with_value(NO_ADDRESS, "1"),
        Ok(true) => state,
        Ok(false) => state.with_value(NO_MAIL, "1"),
        Err(error) => return site.failed(loginrocket, error),
    };
    state.show_at(loginrocket, site, REQUEST)
}

/// Returns whether the user has a usable verification mail; sends one if there is none, within the rate limits.
pub async fn is_mailed(loginrocket: &LoginRocket, site: &Site, unproven: &Unproven) -> Result<bool, Error> {
    let Some(user) = &unproven.to_be_mailed else { return Ok(true) };
    let place = Place::at(&site.app, site.kept.redirect_uri.as_deref(), site.reader.language.tag());
    users::send_missing_verification(&loginrocket.core, &site.realm, &site.actor, user, &place).await
}

/// Shows the form; without a pending login, redirects to the login page or the app.
pub async fn show_request(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    let (back_url, back) = site.way_on();
    let Some(token) = &site.state.token else {
        return page::redirect_with(&loginrocket, &back_url, Vec::new());
    };
    let about = context! {
        action => site.kept.action(REQUEST),
        keep => site.kept.query(),
        token,
        has_address => site.state.value(NO_ADDRESS).is_empty(),
        is_mailed => site.state.value(NO_MAIL).is_empty(),
        back_url,
        back,
    };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/unproven.html", about)
}

/// Returns one error for spent, expired and forged tokens.
pub async fn send_again(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    let says = |status, title, text| {
        let message = Message::new(status, title, Phrase::plain(text));
        PageState::says(message).show_at(&loginrocket, site, REQUEST)
    };
    let place = form.place();
    match users::resend_verification(&loginrocket.core, &site.realm, &site.actor, form.fields(), &place).await {
        Ok(true) => says(200, "forgot-sent-title", "verify-sent-again"),
        Ok(false) => confirmed(&loginrocket, site),
        Err(Error::Invalid(_)) => says(422, "expired-title", "verify-too-late"),
        Err(error) => form.failed(&loginrocket, error),
    }
}
