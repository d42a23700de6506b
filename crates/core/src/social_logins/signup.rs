//! Strangers who come from a provider: a user, signup data for the app, or a form for what the provider did not tell.

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

/// Makes of a stranger what signups make in this realm.
pub(super) async fn of_stranger(
    here: &Here<'_>,
    mut tx: Tx,
    settings: Option<LoginRocket>,
    place: Option<Place>,
) -> Result<Arrived> {
    let (core, realm, actor, identity) = (here.core, here.realm, here.actor, here.identity);
    let settings = settings.unwrap_or_default();
    may_sign_up(core, actor, here.door, &settings)?;
    // Signup data may be without an address, which the app then has to ask for.
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

/// Signs somebody up with what the form asked for; what the provider told, the form does not change.
///
/// # Errors
/// [`Error::Invalid`] with the form's broken rules; [`Error::NotFound`] where nothing waits, or nobody may sign up.
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

/// Whether people may sign up on the pages, and this visitor once more.
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

/// What the provider told, as a signup would send it.
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

/// Writes a signup that came by a provider, and goes on as after any other.
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
        // Whether a name is free is told to nobody where an address has to be proven: the app finds out.
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
