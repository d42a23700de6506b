//! Signing up on a LoginRocket page, which ends logged in.

use super::finish::{LoggedIn, finish};
use crate::actor::{Actor, Who};
use crate::auth_providers::{self, Confirm, LoginRocket, SignupMode, Visible};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::{Fields, Sent};
use crate::realms::{Realm, UsernameValidation};
use crate::users;
use crate::words::State;

/// Makes the user and logs them in.
///
/// # Errors
/// [`Error::NotFound`] while signups are off; [`Error::Limited`] when the visitor's address signed up too often.
pub async fn sign_up(core: &Core, realm: &Realm, actor: &Actor, sent: Fields, remember: bool) -> Result<LoggedIn> {
    let settings = auth_providers::login_rocket(&core.db, realm).await?;
    let settings = settings.filter(|settings| offers_signup(settings, realm)).ok_or(Error::NotFound("signup"))?;
    if matches!(actor.who, Who::Visitor) {
        core.tries.signup(core.clock.now_ms(), actor.origin.ip.as_deref())?;
    }
    let signup = users::signed_up(core, realm, form(&settings, realm, sent)).await?;
    let mut tx = core.db.begin().await?;
    let user = signup.insert(core, &mut tx, realm, actor).await?;
    finish(core, tx, realm, actor, &user, remember).await
}

/// Whether the hosted pages sign people up. Of the three modes, the one that makes users.
pub fn offers_signup(settings: &LoginRocket, realm: &Realm) -> bool {
    realm.state == State::Active && settings.signup_mode == SignupMode::User && settings.signup.on_pages()
}

/// What a visitor may set, with the form's own rules: nobody signs up as inactive or verified.
fn form(settings: &LoginRocket, realm: &Realm, mut sent: Fields) -> Fields {
    for fixed in ["state", "email_verification", "custom", "reference"] {
        sent.remove(fixed);
    }
    sent.set("user_type", "human");
    if realm.username_validation_human == UsernameValidation::Email {
        let email = sent.line("email", 254).value().or_else(|| sent.line("username", 254).value());
        if let Some(email) = email {
            sent.set("username", &email);
            sent.set("email", &email);
        }
    }
    match settings.name_field {
        Visible::Required => {
            require(&mut sent, "first_name", "First name can't be blank");
            require(&mut sent, "last_name", "Last name can't be blank");
        }
        Visible::Hidden => {
            sent.remove("first_name");
            sent.remove("last_name");
        }
        Visible::Optional => {}
    }
    if settings.password_field == Confirm::Confirm && matches!(sent.secret("password_confirmation"), Sent::Absent) {
        sent.error("password_confirmation", "blank", "Password confirmation can't be blank");
    }
    sent
}

fn require(sent: &mut Fields, name: &'static str, sentence: &'static str) {
    if sent.line(name, 100).value().is_none_or(|text| text.is_empty()) {
        sent.error(name, "blank", sentence);
    }
}
