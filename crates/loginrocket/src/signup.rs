//! `/signup`

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use gantry_core::auth_providers::{self, Confirm};
use gantry_core::logins::{self, SignedUp};
use gantry_core::words::Word;
use gantry_core::{Error, FieldError};
use minijinja::{Value, context};

use crate::form::{Form, Kept};
use crate::login;
use crate::page::{self, Shown};
use crate::routes::LoginRocket;
use crate::site::Site;
use crate::social;

/// What the form shows again.
const TYPED: [&str; 4] = ["username", "email", "first_name", "last_name"];

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site, uri: Uri) -> Shown {
    page(&loginrocket, &site, &Kept::of(&uri), (StatusCode::OK, &[""; 4], &[])).await
}

pub async fn submit(State(loginrocket): State<LoginRocket>, form: Form) -> Shown {
    let site = &form.site;
    let place = form.place();
    let done = logins::sign_up(&loginrocket.core, &site.realm, &site.actor, form.fields(), &place);
    match done.await {
        Ok(SignedUp::LoggedIn(done)) => login::finish(&loginrocket, site, &form.kept, &done, true),
        Ok(SignedUp::Mailed(address)) => mailed(&loginrocket, site, &form.kept, &address),
        Err(Error::Invalid(errors)) => {
            let typed = TYPED.map(|name| form.typed(name));
            page(&loginrocket, site, &form.kept, (StatusCode::UNPROCESSABLE_ENTITY, &typed, &errors)).await
        }
        Err(error) => page::failed(&loginrocket, error),
    }
}

/// The same for a fresh address and for a taken one.
pub fn mailed(loginrocket: &LoginRocket, site: &Site, kept: &Kept, address: &str) -> Shown {
    let text = format!(
        "We have sent a mail to {address}. Please open the link in it. If nothing comes, look among your unwanted mails."
    );
    let (url, label) = site.way_on(kept);
    page::leading_on(loginrocket, site, StatusCode::OK, ("Almost there", &text), (&url, label))
}

async fn page(
    loginrocket: &LoginRocket,
    site: &Site,
    kept: &Kept,
    (status, typed, errors): (StatusCode, &[&str; 4], &[FieldError]),
) -> Shown {
    if !logins::offers_signup(&site.settings, &site.realm) {
        return page::failed(loginrocket, Error::NotFound("page"));
    }
    let policy = match auth_providers::password_policy(&loginrocket.core.db, &site.realm).await {
        Ok(policy) => policy.unwrap_or_default(),
        Err(error) => return page::failed(loginrocket, error),
    };
    let providers = match social::buttons(loginrocket, site, kept).await {
        Ok(providers) => providers,
        Err(error) => return page::failed(loginrocket, error),
    };
    let errors = errors.iter().map(|error| context! { field => &*error.field, text => &error.text });
    let about = context! {
        action => kept.at("/signup"),
        keep => kept.query(),
        uses_email => site.uses_email(),
        name_field => site.settings.name_field.as_str(),
        password_confirm => site.settings.password_field == Confirm::Confirm,
        password_hint => policy.hint(),
        providers,
        values => Value::from_pairs(TYPED.into_iter().zip(typed.iter().copied())),
        errors => errors.collect::<Vec<_>>(),
        login_url => "/login",
    };
    page::show(loginrocket, site, status, "loginrocket/signup.html", about)
}
