//! `/auth/signup`: somebody new came by another site, which did not tell all that an account needs.
//!
//! Guarantees: the form is for the browser that came, told by its cookie; what the other site told cannot be changed by
//! the form, and an address that is typed here counts as not proven.

use axum::extract::State;
use axum::http::StatusCode;
use gantry_core::credentials::PasswordPolicy;
use gantry_core::social_logins::{self, Waiting};
use gantry_core::words::Word;
use gantry_core::{Error, FieldError};
use minijinja::{Value, context};

use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::site::Site;
use crate::{problems, signup, social};

/// What the form asks for.
const ASKED: [&str; 5] = ["username", "email", "first_name", "last_name", "org_name"];

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    match social::waiting(&loginrocket, &site, Waiting::is_form).await {
        Ok(waiting) => {
            let told = &waiting.identity;
            let values = [&told.username, &told.email, &told.first_name, &told.last_name, &None];
            let values = values.map(|value| value.as_deref().unwrap_or_default());
            form(&loginrocket, &site, &waiting, (&values, &[]))
        }
        Err(error) => social::refused(&loginrocket, &site, error.into()),
    }
}

pub async fn submit(State(loginrocket): State<LoginRocket>, sent: Form) -> Shown {
    let site = &sent.site;
    let waiting = match social::waiting(&loginrocket, site, Waiting::is_form).await {
        Ok(waiting) => waiting,
        Err(error) => return social::refused(&loginrocket, site, error.into()),
    };
    let end = (social::door(site), sent.place());
    let done = social_logins::sign_up(&loginrocket.core, &site.realm, &site.actor, &waiting, sent.fields(), end);
    match done.await {
        Ok(arrived) => social::arrived(&loginrocket, site, arrived).with_cookie(social::done_waiting(&loginrocket)),
        Err(Error::Invalid(errors)) => {
            let typed = ASKED.map(|name| sent.typed(name));
            form(&loginrocket, site, &waiting, (&typed, &errors))
        }
        Err(error) => social::refused(&loginrocket, site, error.into()),
    }
}

fn form(
    loginrocket: &LoginRocket,
    site: &Site,
    waiting: &Waiting,
    (values, errors): (&[&str; ASKED.len()], &[FieldError]),
) -> Shown {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let policy = PasswordPolicy::default();
    let (back_url, back) = site.way_on();
    let about = context! {
        action => site.kept.at("/auth/signup"),
        keep => site.kept.query(),
        provider => waiting.provider.title(),
        uses_email => site.uses_email(),
        name_field => site.settings.name_field.as_str(),
        values => Value::from_pairs(ASKED.into_iter().zip(values.iter().copied())),
        org_setting => signup::org_field(site).as_str(),
        errors => problems::told(site, &policy, errors, &signup::person_fields(site)),
        back_url,
        back,
    };
    page::show(loginrocket, site, status, "loginrocket/social_signup.html", about)
}
