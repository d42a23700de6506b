//! `/auth/link`: somebody came by another site, and an account here has their address. Its password, shown once, makes
//! the two one; and a code, where the account has a device.
//!
//! Guarantees: who came is told by a cookie that only their browser has, never by a form; the tries count as those of any
//! login.

use axum::extract::State;
use axum::http::StatusCode;
use gantry_core::Error;
use gantry_core::logins::{self, Step};
use gantry_core::social_logins::{self, Waiting};
use minijinja::context;
use secrecy::ExposeSecret;

use crate::form::Form;
use crate::login_code::Refused;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::site::Site;
use crate::{finish, login_code, social, verify};

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match social::waiting(&loginrocket, &site, Waiting::is_link).await {
        Ok(waiting) => form(&loginrocket, &site, &waiting, None).await,
        Err(error) => social::refused(&loginrocket, &site, error.into()),
    }
}

pub async fn submit(State(loginrocket): State<LoginRocket>, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_link).await {
        Ok(waiting) => waiting,
        Err(error) => return social::refused(&loginrocket, site, error.into()),
    };
    let password = sent.password();
    let door = social::door(site);
    let done = social_logins::link(&loginrocket.core, &site.realm, &site.actor, &waiting, &password, door);
    match done.await {
        Ok(Step::Done(done)) => {
            finish::logged_in(&loginrocket, site, &done, false).with_cookie(social::done_waiting(&loginrocket))
        }
        Ok(Step::SecondFactor(pending)) => ask_for_code(&loginrocket, site, (pending.token.expose_secret(), None)),
        Ok(Step::Unproven(unproven)) => verify::comes_first(&loginrocket, site, &unproven),
        Err(Error::Unauthenticated) => form(&loginrocket, site, &waiting, Some("link-refused")).await,
        Err(error) => social::refused(&loginrocket, site, error.into()),
    }
}

pub async fn submit_code(State(loginrocket): State<LoginRocket>, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_link).await {
        Ok(waiting) => waiting,
        Err(error) => return social::refused(&loginrocket, site, error.into()),
    };
    let door = social::door(site);
    let fields = sent.fields();
    let done = social_logins::link_with_code(&loginrocket.core, &site.realm, &site.actor, &waiting, fields, door);
    match done.await {
        Ok(done) => finish::logged_in(&loginrocket, site, &done, false).with_cookie(social::done_waiting(&loginrocket)),
        Err(error @ (Error::Unauthenticated | Error::Invalid(_))) => {
            let refused = Refused::of(&sent, &error);
            ask_for_code(&loginrocket, site, (sent.typed("token"), Some(refused)))
        }
        Err(error) => social::refused(&loginrocket, site, error.into()),
    }
}

/// Without a password before there is no code to ask for.
pub async fn begin_anew(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    page::redirect_with(&loginrocket, &site.kept.at("/auth/link"), Vec::new())
}

async fn form(loginrocket: &LoginRocket, site: &Site, waiting: &Waiting, error: Option<&str>) -> Shown {
    let forgot = match logins::offers_passwords(&loginrocket.core, &site.realm).await {
        Ok(offered) => (offered && site.settings.login.on_pages()).then(|| site.kept.at("/password/forgot")),
        Err(error) => return site.failed(loginrocket, error),
    };
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.at("/auth/link"),
        keep => site.kept.query(),
        provider => waiting.provider.title(),
        email => &waiting.identity.email,
        error => error.map(|key| site.say(key)),
        forgot_url => forgot,
        back_url,
        back,
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page::show(loginrocket, site, status, "loginrocket/social_link.html", about)
}

fn ask_for_code(loginrocket: &LoginRocket, site: &Site, asked: (&str, Option<Refused<'_>>)) -> Shown {
    login_code::show("/auth/link/code", loginrocket, site, asked)
}
