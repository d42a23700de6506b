//! `/auth/signup`: a new user's social provider did not send all that an account requires.
//!
//! Guarantees: the form belongs to the browser that logged in, identified by its cookie; the form cannot change what
//! the provider sent, and an address typed here counts as unverified.

use axum::extract::State;
use gantry_core::Error;
use gantry_core::credentials::PasswordPolicy;
use gantry_core::social_logins::{self, Waiting};
use gantry_core::words::Word;
use minijinja::{Value, context};

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::PageState;
use crate::site::Site;
use crate::{problems, signup, social};

/// Fields of the form.
const ASKED: [&str; 5] = ["username", "email", "first_name", "last_name", "org_name"];

const PATH: &str = "/auth/signup";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match social::waiting(&loginrocket, &site, Waiting::is_form).await {
        Ok(waiting) => form(&loginrocket, &site, &waiting),
        Err(error) => social::refused(&loginrocket, &site, error.into()),
    }
}

pub async fn submit(loginrocket: LoginRocket, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_form).await {
        Ok(waiting) => waiting,
        Err(error) => return social::form_refused(&loginrocket, &sent, error),
    };
    let end = (social::door(site), sent.place());
    let done = social_logins::sign_up(&loginrocket.core, &site.realm, &site.actor, &waiting, sent.fields(), end);
    match done.await {
        Ok(arrived) => {
            let shown = social::arrived(&loginrocket, site, arrived).await;
            shown.with_cookie(social::done_waiting(&loginrocket))
        }
        Err(Error::Invalid(errors)) => {
            PageState::refused(&errors, sent.all_typed(&ASKED)).show_at(&loginrocket, site, PATH)
        }
        Err(error) => social::form_refused(&loginrocket, &sent, error),
    }
}

/// Prefilled with the provider's values, until the user has typed others.
fn form(loginrocket: &LoginRocket, site: &Site, waiting: &Waiting) -> Shown {
    let told = &waiting.identity;
    let told = [&told.username, &told.email, &told.first_name, &told.last_name, &None];
    let told = ASKED.into_iter().zip(told.map(|value| value.as_deref().unwrap_or_default()));
    let value = |(name, told)| (name, if site.state.is_refused() { site.state.value(name) } else { told });
    let policy = PasswordPolicy::default();
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.action(PATH),
        keep => site.kept.query(),
        provider => waiting.provider.title(),
        uses_email => site.uses_email(),
        name_field => site.settings.name_field.as_str(),
        values => Value::from_pairs(told.map(value)),
        org_setting => signup::org_field(site).as_str(),
        errors => problems::told(site, &policy, &site.state.problems, &signup::person_fields(site)),
        back_url,
        back,
    };
    page::show(loginrocket, site, page::status_of_form(site), "loginrocket/social_signup.html", about)
}
