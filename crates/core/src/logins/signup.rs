//! Signups at LoginRocket: create a user, a user with an org, or a Signup Token for the app. The result is a login, a
//! verification mail if addresses must be verified first, or the token.

use gantry_db::Tx;
use secrecy::SecretString;

use super::door::Door;
use super::finish::{LoggedIn, finish};
use crate::actor::{Actor, Origin, Who};
use crate::auth_providers::{self, Confirm, LoginRocket, SignupMode, Verification, Visible};
use crate::challenges;
use crate::connected_apps::Place;
use crate::core::Core;
use crate::credentials::PasswordPolicy;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::{Realm, UsernameValidation};
use crate::users::{self, EmailVerification, Holders, Signup, User, names};
use crate::words::{State, Word};
use crate::{memberships, orgs, signup_tokens, text};

/// Number of statements that create an org and its membership, with their events. A signup with a taken address
/// executes as many, so that its timing does not differ.
const STATEMENTS_OF_AN_ORG: usize = 6;

/// Result of a signup.
#[derive(Debug)]
pub enum SignedUp {
    /// The user was created and logged in.
    LoggedIn(Box<LoggedIn>),
    /// A mail was sent to this address: to verify it for a new user, or to the user who already has it.
    Mailed(String),
    /// Signup Token `utk_…`, from which the app creates the user.
    Kept(SecretString),
}

/// Signs up as the realm is configured. If addresses must be verified, only the owner of a taken address learns that it
/// is taken (decision 0006).
///
/// # Errors
/// [`Error::NotFound`] while signups are off; [`Error::Limited`] if the visitor's address or the app signed up too
/// often; [`Error::Invalid`] for `challenge` if the realm requires one.
pub async fn sign_up(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    mut sent: Fields,
    (place, door): (&Place, Door),
) -> Result<SignedUp> {
    let settings = auth_providers::login_rocket(&core.db, realm).await?.ok_or(Error::NotFound("signup"))?;
    offers_signup(core, realm, &settings, door).await?.ok_or(Error::NotFound("signup"))?;
    if matches!(actor.who, Who::Visitor) {
        let Origin { ip, app, .. } = &actor.origin;
        core.tries.signup(core.clock.now_ms(), ip.as_deref(), app.as_deref())?;
        challenges::spend(core, realm, &settings, &actor.origin, &mut sent).await?;
    }
    let mut sent = form(&settings, realm, sent);
    require_confirmation(&settings, &mut sent);
    let org_name = org_name(&settings, &mut sent);
    let signup = users::signed_up(core, realm, sent).await?;
    let proven_first = settings.email_verification == Verification::Require;
    let mut tx = core.db.begin().await?;
    if settings.signup_mode == SignupMode::UserToken {
        // When email verification is required, never reveal whether the username is taken.
        if !proven_first {
            users::free(&mut tx, realm, &signup.user).await?;
        }
        let kept = signup_tokens::keep(core, &mut tx, realm, signup).await?;
        tx.commit().await?;
        return Ok(SignedUp::Kept(kept.whole));
    }
    enroll(core, tx, realm, actor, (signup, org_name), (&settings, Some(place)), (proven_first, door.remembers())).await
}

/// Returns the org name of the form, if the form has that field.
pub(crate) fn org_name(settings: &LoginRocket, sent: &mut Fields) -> Option<String> {
    match settings.org_field {
        Visible::Hidden => None,
        Visible::Required | Visible::Optional => sent.line("org_name", 255).value().filter(|name| !name.is_empty()),
    }
}

/// Creates the user and logs them in, or has a mail sent if their address must be verified first.
pub(crate) async fn enroll(
    core: &Core,
    mut tx: Tx,
    realm: &Realm,
    actor: &Actor,
    (signup, org_name): (Signup, Option<String>),
    (settings, place): (&LoginRocket, Option<&Place>),
    (proven_first, remember): (bool, bool),
) -> Result<SignedUp> {
    let address = signup.user.email.clone().unwrap_or_default();
    if proven_first
        && let Some(place) = place
        && let Holders::OfAddress(holders) = users::holders(core, &mut tx, realm, &signup.user).await?
    {
        users::mail_reset(core, &mut tx, realm, actor, holders, place).await?;
        if settings.signup_mode == SignupMode::UserOrg {
            users::find_nobody(core, &mut tx, realm, STATEMENTS_OF_AN_ORG).await?;
        }
        tx.commit().await?;
        return Ok(SignedUp::Mailed(address));
    }
    let user = write(core, &mut tx, realm, actor, (signup, org_name), (settings, place)).await?;
    if proven_first {
        tx.commit().await?;
        return Ok(SignedUp::Mailed(address));
    }
    Ok(SignedUp::LoggedIn(Box::new(finish(core, tx, realm, actor, &user, remember).await?)))
}

/// Creates the user and, if signups create orgs, an org with this name or else the user's name.
async fn write(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    (signup, org_name): (Signup, Option<String>),
    (settings, place): (&LoginRocket, Option<&Place>),
) -> Result<User> {
    let user = signup.insert(core, tx, realm, actor, place).await?;
    if settings.signup_mode == SignupMode::UserOrg {
        let org = orgs::found(core, tx, realm, actor, org_name.as_deref().unwrap_or(&user.name)).await?;
        let permissions = settings.membership_permissions.clone();
        memberships::grant(core, tx, realm, actor, (&user.id, &org.id), permissions).await?;
    }
    Ok(user)
}

/// Returns the password policy of signups through this channel; `None` if signups or passwords are off.
pub async fn offers_signup(
    core: &Core,
    realm: &Realm,
    settings: &LoginRocket,
    door: Door,
) -> Result<Option<PasswordPolicy>> {
    if realm.state != State::Active || !door.has(settings.signup) {
        return Ok(None);
    }
    auth_providers::password_policy(&core.db, realm).await
}

/// Keeps only fields that a visitor may set, never state or verification, and applies the form's rules except the
/// password's.
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
    confirm_email(&mut sent);
    if settings.signup_mode == SignupMode::UserOrg && settings.org_field == Visible::Required {
        require(&mut sent, "org_name", "Org name can't be blank");
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

/// Requires the password confirmation if the realm asks for one.
pub(super) fn require_confirmation(settings: &LoginRocket, sent: &mut Fields) {
    if settings.password_field == Confirm::Confirm && sent.secret("password_confirmation").value().is_none() {
        sent.error("password_confirmation", "blank", "Password confirmation can't be blank");
    }
}

/// Requires that a repeated address matches the address, if the form has one.
fn confirm_email(sent: &mut Fields) {
    if !sent.was_sent("email_confirmation") {
        return;
    }
    let again = sent.line("email_confirmation", 254).value().unwrap_or_default();
    let email = sent.line("email", 254).value().unwrap_or_default();
    let folded = |text: &str| names::email(text).unwrap_or_else(|_| text::fold_case(text));
    if folded(&email) != folded(&again) {
        sent.error("email_confirmation", "mismatch", "Email confirmation doesn't match Email");
    }
}

fn require(sent: &mut Fields, name: &'static str, sentence: &'static str) {
    if sent.line(name, 100).value().is_none_or(|text| text.is_empty()) {
        sent.error(name, "blank", sentence);
    }
}
