//! `/password/reset?token=kpw_…`: the target of the link in a reset mail.
//!
//! Guarantees: opening the link does not consume the token, since mail scanners open links too; the username is shown
//! only to holders of the token, and the mail itself names it; the token moves from the address into the form, and
//! sealed into a cookie.

use axum::extract::State;
use axum::http::Uri;
use gantry_core::auth_providers::{self, Confirm};
use gantry_core::{Error, logins, users};
use minijinja::context;
use secrecy::SecretString;

use crate::form::Form;
use crate::kept::param;
use crate::loginrocket::LoginRocket;
use crate::notices;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase, WayOn};
use crate::problems;
use crate::remembered;
use crate::site::Site;

const PATH: &str = "/password/reset";

pub async fn show(State(loginrocket): State<LoginRocket>, mut site: Site, uri: Uri) -> Shown {
    let in_address = param(&uri, "token").filter(|token| !token.is_empty());
    let Some(token) = site.state.token.clone().or(in_address) else {
        return unusable(&loginrocket, &site).await;
    };
    let user = match users::reset_link(&loginrocket.core, &site.realm, &SecretString::from(token.as_str())).await {
        Ok(Some(user)) => user,
        Ok(None) => return unusable(&loginrocket, &site).await,
        Err(error) => return site.failed(&loginrocket, error),
    };
    let cookies = match site.state.token {
        Some(_) => Vec::new(),
        None => PageState::step(&token).keep_for_links(&loginrocket, &mut site),
    };
    let shown = form(&loginrocket, &site, &token, &user.username).await.keeping_its_address();
    cookies.into_iter().fold(shown, Shown::with_cookie)
}

/// Sets the password. Does not log in: a mail alone must not be enough for that.
pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    let fields = form.fields();
    match logins::reset_password(&loginrocket.core, &site.realm, &site.actor, &site.settings, fields).await {
        Ok(browser) if site.settings.login.on_pages() => {
            let to = site.kept.at_with("/login", "notice", notices::PASSWORD_CHANGED);
            let known = browser.iter().map(|value| remembered::set_browser(&loginrocket, value));
            page::redirect_with(&loginrocket, &to, known.collect())
        }
        Ok(_) => {
            let done = Message::new(200, "reset-done-title", Phrase::plain("reset-done"));
            PageState::says(done).show_at(&loginrocket, site, PATH)
        }
        Err(Error::Invalid(errors)) if errors.iter().any(|error| error.field == "token") => {
            PageState::says(unusable_link()).show_at(&loginrocket, site, PATH)
        }
        Err(Error::Invalid(errors)) => {
            let state = PageState::refused(&errors, Vec::new());
            let state = PageState { token: Some(form.typed("token").to_owned()), ..state };
            state.show_at(&loginrocket, site, PATH)
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}

async fn form(loginrocket: &LoginRocket, site: &Site, token: &str, username: &str) -> Shown {
    let policy = match auth_providers::password_policy(&loginrocket.core.db, &site.realm).await {
        Ok(Some(policy)) => policy,
        Ok(None) => return site.failed(loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(loginrocket, error),
    };
    let twice = site.settings.password_field == Confirm::Confirm;
    let shown: &[&str] = if twice { &["password", "password_confirmation"] } else { &["password"] };
    let about = context! {
        action => site.kept.action(PATH),
        keep => site.kept.query(),
        token,
        username,
        password_confirm => twice,
        password_hint => problems::password_hint(&site.reader.language, &policy),
        errors => problems::told(site, &policy, &site.state.problems, shown),
    };
    page::show(loginrocket, site, page::status_of_form(site), "loginrocket/reset.html", about)
}

/// Returns one page for all unusable tokens.
async fn unusable(loginrocket: &LoginRocket, site: &Site) -> Shown {
    match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(true) => page::message(loginrocket, site, &unusable_link()),
        Ok(false) => site.failed(loginrocket, Error::NotFound("page")),
        Err(error) => site.failed(loginrocket, error),
    }
}

fn unusable_link() -> Message {
    let text = Phrase::plain("reset-unusable");
    Message { way_on: Some(WayOn::AnotherLink), ..Message::new(422, "link-unusable-title", text) }
}
