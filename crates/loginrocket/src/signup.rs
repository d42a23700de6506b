//! `/signup`

use axum::extract::State;
use gantry_core::Error;
use gantry_core::auth_providers::{Confirm, SignupMode, Visible};
use gantry_core::challenges;
use gantry_core::connected_apps;
use gantry_core::logins::{self, Door, SignedUp};
use gantry_core::words::Word;
use minijinja::{Value, context};
use secrecy::{ExposeSecret, SecretString};

use crate::finish;
use crate::form::Form;
use crate::loginrocket::LoginRocket;
use crate::page::{self, Shown};
use crate::page_state::{Message, PageState, Phrase};
use crate::problems;
use crate::site::Site;
use crate::social_buttons;

/// Fields that are shown again after an error.
const TYPED: [&str; 5] = ["username", "email", "first_name", "last_name", "org_name"];

const PATH: &str = "/signup";

pub async fn show(State(loginrocket): State<LoginRocket>, site: Site) -> Shown {
    let offered =
        logins::offers_signup(&loginrocket.core, &site.realm, &site.settings, Door::pages(&site.settings)).await;
    let policy = match offered {
        Ok(Some(policy)) => policy,
        Ok(None) => return site.failed(&loginrocket, Error::NotFound("page")),
        Err(error) => return site.failed(&loginrocket, error),
    };
    let providers = match social_buttons::of(&loginrocket, &site).await {
        Ok(providers) => providers,
        Err(error) => return site.failed(&loginrocket, error),
    };
    let about = context! {
        action => site.kept.action(PATH),
        keep => site.kept.query(),
        uses_email => site.uses_email(),
        name_field => site.settings.name_field.as_str(),
        org_setting => org_field(&site).as_str(),
        password_confirm => site.settings.password_field == Confirm::Confirm,
        password_hint => problems::password_hint(&site.reader.language, &policy),
        values => Value::from_pairs(TYPED.map(|name| (name, site.state.value(name)))),
        errors => problems::told(&site, &policy, &site.state.problems, &shown(&site)),
        providers,
        login_url => site.settings.login.on_pages().then_some("/login"),
        challenge => challenges::issue(&loginrocket.core, &site.realm, &site.settings, &site.actor.origin),
    };
    page::show(&loginrocket, &site, page::status_of_form(&site), "loginrocket/signup.html", about)
}

pub async fn submit(loginrocket: LoginRocket, form: Form) -> Shown {
    let site = &form.site;
    let place = form.place();
    let door = Door::pages(&site.settings);
    let done = logins::sign_up(&loginrocket.core, &site.realm, &site.actor, form.fields(), (&place, door));
    match done.await {
        Ok(SignedUp::LoggedIn(done)) => finish::logged_in(&loginrocket, site, &done, true),
        Ok(SignedUp::Kept(token)) => hand_over(&loginrocket, site, &token),
        Ok(SignedUp::Mailed(address)) => mailed(&loginrocket, site, &address),
        Err(Error::Invalid(errors)) => {
            PageState::refused(&errors, form.all_typed(&TYPED)).show_at(&loginrocket, site, PATH)
        }
        Err(error) => form.failed(&loginrocket, error),
    }
}

/// Sends the browser to the app with a Signup Token.
pub fn hand_over(loginrocket: &LoginRocket, site: &Site, token: &SecretString) -> Shown {
    let to = connected_apps::signup_destination(&site.app, site.kept.redir.as_deref());
    page::redirect_with(loginrocket, &to.with_token(token.expose_secret(), false), Vec::new())
}

/// Returns one page for new and for taken addresses.
pub fn mailed(loginrocket: &LoginRocket, site: &Site, address: &str) -> Shown {
    let sent = Message::new(200, "signup-mailed-title", Phrase::with("signup-mailed", "address", address));
    PageState::says(sent).show_at(loginrocket, site, PATH)
}

/// Returns whether the form asks for an organization.
pub fn org_field(site: &Site) -> Visible {
    if site.settings.signup_mode == SignupMode::UserOrg { site.settings.org_field } else { Visible::Hidden }
}

/// Returns the form's fields in order, as the site is configured.
fn shown(site: &Site) -> Vec<&'static str> {
    let mut shown = person_fields(site);
    shown.push("password");
    if site.settings.password_field == Confirm::Confirm {
        shown.push("password_confirmation");
    }
    shown
}

/// Returns the form's fields about the person and the organization, without passwords.
pub fn person_fields(site: &Site) -> Vec<&'static str> {
    let mut shown = Vec::new();
    if site.settings.name_field != Visible::Hidden {
        let family_first = site.say("name-order") == "family first";
        shown.extend(if family_first { ["last_name", "first_name"] } else { ["first_name", "last_name"] });
    }
    shown.push("email");
    if !site.uses_email() {
        shown.push("username");
    }
    if org_field(site) != Visible::Hidden {
        shown.push("org_name");
    }
    shown
}
