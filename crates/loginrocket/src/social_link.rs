//! `/auth/link`: the email address of a new social identity belongs to an existing account. The account's password,
//! entered once, links the two; plus a code if the account has a second factor.
//!
//! Guarantees: the identity is known by a cookie that only this browser has, never by a form field; attempts count
//! towards the limits of all logins.

use axum::extract::State;
use gantry_core::Error;
use gantry_core::logins::{self, Step};
use gantry_core::social_logins::{self, Waiting};
use minijinja::context;
use secrecy::ExposeSecret;

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{PageState, Phrase};
use crate::site::Site;
use crate::{finish, login_code, social, verify};

const LINK: &str = "/auth/link";
const CODE: &str = "/auth/link/code";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match social::waiting(&loginrocket, &site, Waiting::is_link).await {
        Ok(waiting) => form(&loginrocket, &site, &waiting).await,
        Err(error) => social::refused(&loginrocket, &site, error.into()),
    }
}

pub async fn submit(loginrocket: LoginRocket, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_link).await {
        Ok(waiting) => waiting,
        Err(error) => return social::form_refused(&loginrocket, &sent, error),
    };
    let password = sent.password();
    let door = social::door(site);
    let done = social_logins::link(&loginrocket.core, &site.realm, &site.actor, &waiting, &password, door);
    match done.await {
        Ok(Step::Done(done)) => {
            finish::logged_in(&loginrocket, site, &done, false).with_cookie(social::done_waiting(&loginrocket))
        }
        Ok(Step::SecondFactor(pending)) => {
            PageState::step(pending.token.expose_secret()).show_at(&loginrocket, site, CODE)
        }
        Ok(Step::Unproven(unproven)) => verify::comes_first(&loginrocket, site, &unproven).await,
        Err(Error::Unauthenticated) => {
            let state = PageState { error: Some(Phrase::plain("link-refused")), ..PageState::default() };
            state.show_at(&loginrocket, site, LINK)
        }
        Err(error) => social::form_refused(&loginrocket, &sent, error),
    }
}

pub async fn submit_code(loginrocket: LoginRocket, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_link).await {
        Ok(waiting) => waiting,
        Err(error) => return social::form_refused(&loginrocket, &sent, error),
    };
    let door = social::door(site);
    let fields = sent.fields();
    let done = social_logins::link_with_code(&loginrocket.core, &site.realm, &site.actor, &waiting, fields, door);
    match done.await {
        Ok(done) => finish::logged_in(&loginrocket, site, &done, false).with_cookie(social::done_waiting(&loginrocket)),
        Err(error @ (Error::Unauthenticated | Error::Invalid(_))) => {
            login_code::refused(&sent, &error).show_at(&loginrocket, site, CODE)
        }
        Err(error) => social::form_refused(&loginrocket, &sent, error),
    }
}

/// Shows the form for a code; redirects to the password form if that step is missing.
pub async fn show_code(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    login_code::form(&loginrocket, &site, CODE)
        .unwrap_or_else(|| page::redirect_with(&loginrocket, &site.kept.at(LINK), Vec::new()))
}

async fn form(loginrocket: &LoginRocket, site: &Site, waiting: &Waiting) -> Shown {
    let forgot = match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(offered) => (offered && site.settings.login.on_pages()).then(|| site.kept.at("/password/forgot")),
        Err(error) => return site.failed(loginrocket, error),
    };
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.action(LINK),
        keep => site.kept.query(),
        provider => waiting.provider.title(),
        email => &waiting.identity.email,
        error => site.state.error.as_ref().map(|error| error.say(site)),
        forgot_url => forgot,
        back_url,
        back,
    };
    page::show(loginrocket, site, page::status_of_form(site), "loginrocket/social_link.html", about)
}
