//! `/email/verify?token=kev_…`, where the link of a verification mail leads, and `/email/request`, which sends it again.
//!
//! Guarantees: opening the link spends nothing and tells no address; a mail is sent again only to a user whose password
//! was right a moment ago.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::auth_providers::Verification;
use gantry_core::logins::Unproven;
use gantry_core::{Error, users};
use minijinja::context;
use secrecy::ExposeSecret;

use crate::form::Form;
use crate::kept::param;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::site::Site;

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.verify {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    let token = param(&uri, "token").unwrap_or_default();
    if token.is_empty() {
        return unusable(&loginrocket, &site);
    }
    let about = context! { action => site.kept.at("/email/verify"), keep => site.kept.query(), token };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/verify.html", about).keeping_its_address()
}

pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    if !site.settings.verify {
        return site.failed(&loginrocket, Error::NotFound("page"));
    }
    match users::verify_email(&loginrocket.core, &site.realm, &site.actor, None, form.fields()).await {
        Ok(_) => confirmed(&loginrocket, site),
        Err(Error::Invalid(_)) => unusable(&loginrocket, site),
        Err(error) => site.failed(&loginrocket, error),
    }
}

fn confirmed(loginrocket: &LoginRocket, site: &Site) -> Shown {
    if site.settings.login.on_pages() {
        let to = site.kept.at_with("/login", "notice", notices::EMAIL_CONFIRMED);
        return page::redirect_with(loginrocket, &to, Vec::new());
    }
    let (url, label) = site.way_on();
    let told = (&*site.say("verify-done-title"), &*site.say("verify-done"));
    page::leading_on(loginrocket, site, StatusCode::OK, told, (&url, &label))
}

fn unusable(loginrocket: &LoginRocket, site: &Site) -> Shown {
    let asks = site.settings.login.on_pages() && site.settings.email_verification == Verification::Require;
    let text = if asks { site.say("verify-unusable-but") } else { site.say("verify-unusable") };
    let (url, label) = site.way_on();
    let told = (&*site.say("link-unusable-title"), &*text);
    page::leading_on(loginrocket, site, StatusCode::UNPROCESSABLE_ENTITY, told, (&url, &label))
}

/// After a right password: the address has to be confirmed first.
pub fn comes_first(loginrocket: &LoginRocket, site: &Site, unproven: &Unproven) -> Shown {
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.at("/email/request"),
        keep => site.kept.query(),
        token => unproven.token.expose_secret(),
        has_address => unproven.has_address,
        back_url,
        back,
    };
    page::show(loginrocket, site, StatusCode::OK, "loginrocket/unproven.html", about)
}

/// Without a password there is nothing to show.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    page::redirect_with(&loginrocket, &site.way_on().0, Vec::new())
}

/// One answer for a token that is spent, expired or made up.
pub async fn send_again(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    let (url, label) = site.way_on();
    let leading_on = |status, title, text| {
        page::leading_on(&loginrocket, site, status, (&*site.say(title), &*site.say(text)), (&url, &label))
    };
    let place = form.place();
    match users::resend_verification(&loginrocket.core, &site.realm, &site.actor, form.fields(), &place).await {
        Ok(true) => leading_on(StatusCode::OK, "forgot-sent-title", "verify-sent-again"),
        Ok(false) => confirmed(&loginrocket, site),
        Err(Error::Invalid(_)) => leading_on(StatusCode::UNPROCESSABLE_ENTITY, "expired-title", "verify-too-late"),
        Err(error) => site.failed(&loginrocket, error),
    }
}
