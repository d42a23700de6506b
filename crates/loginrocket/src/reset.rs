//! `/password/reset?token=kpw_…`: where the link of a reset mail leads.
//!
//! Guarantees: opening the link spends and tells nothing, since mail scanners open it too; the token goes from the
//! address into the form and nowhere else.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::auth_providers::{self, Confirm};
use gantry_core::{Error, FieldError, logins};
use minijinja::context;

use crate::form::Form;
use crate::kept::param;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::problems;
use crate::remembered;
use crate::site::Site;

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    let token = param(&uri, "token").unwrap_or_default();
    if token.is_empty() {
        return unusable(&loginrocket, &site).await;
    }
    let username = param(&uri, "username").unwrap_or_default();
    form(&loginrocket, &site, (&token, &username, &[])).await.keeping_its_address()
}

/// Whoever has set the password logs in with it: nobody is logged in by a mail alone.
pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    let fields = form.fields();
    match logins::reset_password(&loginrocket.core, &site.realm, &site.actor, &site.settings, fields).await {
        Ok(browser) if site.settings.login.on_pages() => {
            let to = site.kept.at_with("/login", "notice", notices::PASSWORD_CHANGED);
            let known = browser.iter().map(|value| remembered::set_browser(&loginrocket, value));
            page::redirect_with(&loginrocket, &to, known.collect())
        }
        Ok(_) => {
            let (url, label) = site.way_on();
            let told = (&*site.say("reset-done-title"), &*site.say("reset-done"));
            page::leading_on(&loginrocket, site, StatusCode::OK, told, (&url, &label))
        }
        Err(Error::Invalid(errors)) if errors.iter().any(|error| error.field == "token") => {
            unusable(&loginrocket, site).await
        }
        Err(Error::Invalid(errors)) => {
            self::form(&loginrocket, site, (form.typed("token"), form.typed("username"), &errors)).await
        }
        Err(error) => site.failed(&loginrocket, error),
    }
}

async fn form(loginrocket: &LoginRocket, site: &Site, (token, username, errors): (&str, &str, &[FieldError])) -> Shown {
    let policy = match auth_providers::password_policy(&loginrocket.core.db, &site.realm).await {
        Ok(Some(policy)) => policy,
        Ok(None) => return site.failed(loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(loginrocket, error),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let twice = site.settings.password_field == Confirm::Confirm;
    let shown: &[&str] = if twice { &["password", "password_confirmation"] } else { &["password"] };
    let about = context! {
        action => site.kept.at("/password/reset"),
        keep => site.kept.query(),
        token,
        username,
        password_confirm => twice,
        password_hint => problems::password_hint(&site.reader.language, &policy),
        errors => problems::told(site, &policy, errors, shown),
    };
    page::show(loginrocket, site, status, "loginrocket/reset.html", about)
}

/// One page for every token that does not work.
async fn unusable(loginrocket: &LoginRocket, site: &Site) -> Shown {
    match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(true) => {}
        Ok(false) => return site.failed(loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(loginrocket, error),
    }
    let forgot = (site.kept.at("/password/forgot"), site.say("reset-again"));
    let (url, label) = if site.settings.login.on_pages() { forgot } else { site.way_on() };
    let told = (&*site.say("link-unusable-title"), &*site.say("reset-unusable"));
    page::leading_on(loginrocket, site, StatusCode::UNPROCESSABLE_ENTITY, told, (&url, &label))
}
