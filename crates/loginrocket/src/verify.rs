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

use crate::form::{Form, Kept, param};
use crate::login;
use crate::page::{self, Shown};
use crate::routes::LoginRocket;
use crate::site::Site;

const UNUSABLE: (&str, &str) = ("This link cannot be used", "It was used before, or it is too old.");
const UNUSABLE_BUT: (&str, &str) = (
    "This link cannot be used",
    "It was used before, or it is too old. Please log in: if your address still has to be confirmed, we can send you a \
     new mail there.",
);
const SENT: (&str, &str) = (
    "Look into your mail",
    "We have sent the mail again. Please open the link in it, then log in. If nothing comes, look among your unwanted \
     mails.",
);
const TOO_LATE: (&str, &str) = ("This page has expired", "Please log in again, and ask for the mail once more.");

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    if !site.settings.verify {
        return page::failed(&loginrocket, Error::NotFound("page"));
    }
    let (kept, token) = (Kept::of(&uri), param(&uri, "token").unwrap_or_default());
    if token.is_empty() {
        return unusable(&loginrocket, &site, &kept);
    }
    let about = context! { action => kept.at("/email/verify"), keep => kept.query(), token };
    page::show(&loginrocket, &site, StatusCode::OK, "loginrocket/verify.html", about).keeping_its_address()
}

pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let (site, kept) = (&form.site, &form.kept);
    if !site.settings.verify {
        return page::failed(&loginrocket, Error::NotFound("page"));
    }
    match users::verify_email(&loginrocket.core, &site.realm, &site.actor, None, form.fields()).await {
        Ok(_) => confirmed(&loginrocket, site, kept),
        Err(Error::Invalid(_)) => unusable(&loginrocket, site, kept),
        Err(error) => page::failed(&loginrocket, error),
    }
}

fn confirmed(loginrocket: &LoginRocket, site: &Site, kept: &Kept) -> Shown {
    if site.settings.login.on_pages() {
        let to = kept.at_with("/login", "notice", login::EMAIL_CONFIRMED);
        return page::redirect_with(loginrocket, &to, Vec::new());
    }
    let (url, label) = site.way_on(kept);
    let told = ("Your email address is confirmed", "Thank you.");
    page::leading_on(loginrocket, site, StatusCode::OK, told, (&url, label))
}

fn unusable(loginrocket: &LoginRocket, site: &Site, kept: &Kept) -> Shown {
    let asks = site.settings.login.on_pages() && site.settings.email_verification == Verification::Require;
    let told = if asks { UNUSABLE_BUT } else { UNUSABLE };
    let (url, label) = site.way_on(kept);
    page::leading_on(loginrocket, site, StatusCode::UNPROCESSABLE_ENTITY, told, (&url, label))
}

/// After a right password: the address has to be confirmed first.
pub fn comes_first(loginrocket: &LoginRocket, site: &Site, kept: &Kept, unproven: &Unproven) -> Shown {
    let about = context! {
        action => kept.at("/email/request"),
        keep => kept.query(),
        token => unproven.token.expose_secret(),
        has_address => unproven.has_address,
        login_url => kept.at("/login"),
    };
    page::show(loginrocket, site, StatusCode::OK, "loginrocket/unproven.html", about)
}

/// Without a password there is nothing to show.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, _site: Site, uri: Uri) -> Shown {
    page::redirect_with(&loginrocket, &Kept::of(&uri).at("/login"), Vec::new())
}

/// One answer for a token that is spent, expired or made up.
pub async fn send_again(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let (site, kept) = (&form.site, &form.kept);
    let (url, label) = site.way_on(kept);
    let leading_on = |status, told| page::leading_on(&loginrocket, site, status, told, (&url, label));
    let place = form.place();
    match users::resend_verification(&loginrocket.core, &site.realm, &site.actor, form.fields(), &place).await {
        Ok(true) => leading_on(StatusCode::OK, SENT),
        Ok(false) => confirmed(&loginrocket, site, kept),
        Err(Error::Invalid(_)) => leading_on(StatusCode::UNPROCESSABLE_ENTITY, TOO_LATE),
        Err(error) => page::failed(&loginrocket, error),
    }
}
