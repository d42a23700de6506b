//! Signing up on a LoginRocket page, which ends logged in, or with a mail where addresses have to be proven first.

use gantry_db::Tx;

use super::finish::{LoggedIn, finish};
use crate::actor::{Actor, Who};
use crate::auth_providers::{self, Confirm, LoginRocket, SignupMode, Verification, Visible};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::{Fields, Sent};
use crate::realms::{Realm, UsernameValidation};
use crate::users::{self, EmailVerification, Holders, Signup};
use crate::words::{State, Word};

/// What a signup comes to.
#[derive(Debug)]
pub enum SignedUp {
    /// A user who is logged in.
    LoggedIn(Box<LoggedIn>),
    /// A mail to this address: there is a user who has to prove it, or there was one who has it already.
    Mailed(String),
}

/// Makes the user and logs them in; or, where addresses have to be proven, makes the user and has a mail sent. There a
/// taken address is told to its owner, and to nobody else (decision 0006).
///
/// # Errors
/// [`Error::NotFound`] while signups are off; [`Error::Limited`] when the visitor's address signed up too often.
pub async fn sign_up(core: &Core, realm: &Realm, actor: &Actor, sent: Fields, place: &Place) -> Result<SignedUp> {
    let settings = auth_providers::login_rocket(&core.db, realm).await?;
    let settings = settings.filter(|settings| offers_signup(settings, realm)).ok_or(Error::NotFound("signup"))?;
    if matches!(actor.who, Who::Visitor) {
        core.tries.signup(core.clock.now_ms(), actor.origin.ip.as_deref())?;
    }
    let mut sent = form(&settings, realm, sent);
    require_confirmation(&settings, &mut sent);
    let signup = users::signed_up(core, realm, sent).await?;
    if settings.email_verification == Verification::Require {
        let mut tx = core.db.begin().await?;
        let address = by_mail(core, &mut tx, realm, actor, signup, place).await?;
        tx.commit().await?;
        return Ok(SignedUp::Mailed(address));
    }
    let mut tx = core.db.begin().await?;
    let user = signup.insert(core, &mut tx, realm, actor, Some(place)).await?;
    Ok(SignedUp::LoggedIn(Box::new(finish(core, tx, realm, actor, &user, true).await?)))
}

/// Makes the user whose address has to be proven first, or tells the owner of that address. The address.
pub(crate) async fn by_mail(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    signup: Signup,
    place: &Place,
) -> Result<String> {
    let address = signup.user.email.clone().unwrap_or_default();
    match users::holders(core, tx, realm, &signup.user).await? {
        Holders::Nobody => {
            signup.insert(core, tx, realm, actor, Some(place)).await?;
        }
        Holders::OfAddress(holders) => users::mail_reset(core, tx, realm, actor, holders, place).await?,
    }
    Ok(address)
}

/// Whether the hosted pages sign people up. Of the three modes, the one that makes users.
pub fn offers_signup(settings: &LoginRocket, realm: &Realm) -> bool {
    realm.state == State::Active && settings.signup_mode == SignupMode::User && settings.signup.on_pages()
}

/// What a visitor may set, with the form's own rules but for the password's: nobody signs up as inactive or verified.
pub(crate) fn form(settings: &LoginRocket, realm: &Realm, mut sent: Fields) -> Fields {
    for fixed in ["state", "email_verification", "custom", "reference"] {
        sent.remove(fixed);
    }
    sent.set("user_type", "human");
    if settings.email_verification != Verification::None {
        sent.set("email_verification", EmailVerification::Requested.as_str());
    }
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
    sent
}

/// Where new passwords are asked for twice, both have to be there.
pub(super) fn require_confirmation(settings: &LoginRocket, sent: &mut Fields) {
    if settings.password_field == Confirm::Confirm && matches!(sent.secret("password_confirmation"), Sent::Absent) {
        sent.error("password_confirmation", "blank", "Password confirmation can't be blank");
    }
}

fn require(sent: &mut Fields, name: &'static str, sentence: &'static str) {
    if sent.line(name, 100).value().is_none_or(|text| text.is_empty()) {
        sent.error(name, "blank", sentence);
    }
}
