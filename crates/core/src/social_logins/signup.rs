//! Signup of unknown users from a provider: creates a user or signup data, or asks for missing data with a form.

use gantry_db::Tx;

use super::arrival::{Arrived, Here};
use super::identity::Identity;
use super::waiting::{self, Waiting};
use crate::actor::{Access, Actor, Who};
use crate::auth_providers::{self, LoginRocket, SignupMode, Verification};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::logins::{self, Door, SignedUp};
use crate::realms::{Realm, UsernameValidation};
use crate::signup_tokens;
use crate::users::{self, EmailVerification, Signup};
use crate::words::Word;

/// Signs up an unknown user as the realm's signup mode requires.
pub(super) async fn of_stranger(
    here: &Here<'_>,
    mut tx: Tx,
    settings: Option<LoginRocket>,
    place: Option<Place>,
) -> Result<Arrived> {
    let (core, realm, actor, identity) = (here.core, here.realm, here.actor, here.identity);
    let settings = settings.unwrap_or_default();
    may_sign_up(core, actor, here.door, &settings)?;
    // Signup data may lack an address; the app must then ask for it.
    let of_app = settings.signup_mode == SignupMode::UserToken;
    let may_lack_it = of_app && realm.username_validation_human != UsernameValidation::Email;
    if identity.email.is_none() && !may_lack_it {
        if here.door == Door::Api {
            return Err(Error::invalid("email", "blank", "Email can't be blank: the provider told none"));
        }
        let cookie = waiting::keep(here, &mut tx, None).await?;
        tx.commit().await?;
        return Ok(Arrived::Form(cookie));
    }
    let called = (identity.email.as_deref(), identity.username.as_deref(), here.account);
    let username = users::free_username(core, &mut tx, realm, called).await?;
    let sent = fields(&settings, here.door, identity, &username);
    let signup = users::signed_up_at_provider(core, realm, sent, (here.account.clone(), !may_lack_it))?;
    enroll(core, tx, realm, actor, (signup, None), &settings, (here.door, place)).await
}

/// Signs a user up with the data of the form, which does not override data of the provider.
///
/// # Errors
/// [`Error::Invalid`] with the form's validation errors; [`Error::NotFound`] if no identity waits, or signup is off.
pub async fn sign_up(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    waiting: &Waiting,
    mut sent: Fields,
    (door, place): (Door, Place),
) -> Result<Arrived> {
    actor.need(Access::Write)?;
    if waiting.is_link() {
        return Err(Error::NotFound("waiting identity"));
    }
    let settings = auth_providers::login_rocket(&core.db, realm).await?.ok_or(Error::NotFound("signup"))?;
    may_sign_up(core, actor, door, &settings)?;
    if let Some(email) = &waiting.identity.email {
        sent.set("email", email);
    }
    let account = waiting.identity.account(&waiting.provider)?;
    let mut sent = logins::form(&settings, realm, sent);
    let org_name = logins::org_name(&settings, &mut sent);
    let signup = users::signed_up_at_provider(core, realm, sent, (account, true))?;
    let mut tx = core.db.begin().await?;
    if !waiting::spend(&mut tx, realm, waiting).await? {
        return Err(Error::NotFound("waiting identity"));
    }
    enroll(core, tx, realm, actor, (signup, org_name), &settings, (door, Some(place))).await
}

/// Checks that signup on the pages is allowed, and takes a slot of this visitor's rate limit.
fn may_sign_up(core: &Core, actor: &Actor, door: Door, settings: &LoginRocket) -> Result<()> {
    if door == Door::Api {
        return Ok(());
    }
    if !door.has(settings.signup) {
        return Err(Error::NotFound("signup"));
    }
    if matches!(actor.who, Who::Visitor) {
        core.tries.signup(core.clock.now_ms(), actor.origin.ip.as_deref(), actor.origin.app.as_deref())?;
    }
    Ok(())
}

/// Returns the provider's data as signup fields.
fn fields(settings: &LoginRocket, door: Door, identity: &Identity, username: &str) -> Fields {
    let mut sent = Fields::empty();
    let told = [
        ("username", Some(username)),
        ("email", identity.email.as_deref()),
        ("first_name", identity.first_name.as_deref()),
        ("last_name", identity.last_name.as_deref()),
    ];
    for (name, value) in told {
        if let Some(value) = value {
            sent.set(name, value);
        }
    }
    let verification = match (identity.email_verified, settings.email_verification) {
        (true, _) => EmailVerification::Verified,
        (false, Verification::Request | Verification::Require) if door != Door::Api => EmailVerification::Requested,
        (false, _) => EmailVerification::None,
    };
    sent.set("email_verification", verification.as_str());
    sent
}

/// Writes a signup from a provider and continues as after any other signup.
async fn enroll(
    core: &Core,
    mut tx: Tx,
    realm: &Realm,
    actor: &Actor,
    (signup, org_name): (Signup, Option<String>),
    settings: &LoginRocket,
    (door, place): (Door, Option<Place>),
) -> Result<Arrived> {
    let is_proven = signup.user.email_verification == EmailVerification::Verified;
    let proven_first = door != Door::Api && settings.email_verification == Verification::Require && !is_proven;
    if settings.signup_mode == SignupMode::UserToken {
        // When email verification is required, never reveal whether the username is taken.
        if !proven_first {
            users::free(&mut tx, realm, &signup.user).await?;
        }
        let made = signup_tokens::keep(core, &mut tx, realm, signup).await?;
        tx.commit().await?;
        return Ok(Arrived::SignupToken(Box::new(made)));
    }
    let end = (proven_first, door.remembers());
    match logins::enroll(core, tx, realm, actor, (signup, org_name), (settings, place.as_ref()), end).await? {
        SignedUp::LoggedIn(done) => Ok(Arrived::New(done)),
        SignedUp::Mailed(address) => Ok(Arrived::Mailed(address)),
        SignedUp::Kept(_) => Err(Error::internal("signup data of another mode")),
    }
}
