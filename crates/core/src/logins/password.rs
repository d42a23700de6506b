//! Login by password.

use gantry_crypto::password::{Password, Verdict};
use secrecy::{ExposeSecret, SecretString};

use super::door::Door;
use super::failure::{FailedLogin, refuse};
use super::step::{Step, go_on};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::FailureReason;
use crate::failed_attempts::{FailureCount, LoginAttempt, StoredFailures};
use crate::realms::Realm;
use crate::social_logins::Waiting;
use crate::users::{self, Key, Login, User};
use crate::words::State;
use crate::{auth_providers, credentials, known_browsers};

/// Logs a user in by password, and opens a session; on the hosted pages, also makes a cookie for the browser. Before
/// that a user may have to prove their address there, and one with a device in use has to show a code of it.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong password, an inactive user or realm, or where passwords are off;
/// [`Error::Limited`] after too many tries; [`Error::Unavailable`] while too many passwords wait to be hashed.
pub async fn with_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (key, password): (&Key, &SecretString),
    door: Door,
) -> Result<Step> {
    with_password_and(core, realm, actor, (key, password), door, None).await
}

/// The same for somebody who makes an account at a social provider theirs by it.
pub(crate) async fn with_password_and(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (key, password): (&Key, &SecretString),
    door: Door,
    link: Option<&Waiting>,
) -> Result<Step> {
    actor.need(Access::Write)?;
    let tried = Password::new(password.expose_secret());
    if tried.is_ok() {
        // Whoever would be sent away in the end costs the database nothing: a flood is mostly of those.
        core.passwords.admits()?;
    }
    let found = users::of_login(&core.db, &realm.id, key).await?;
    if found.is_none() && door.tells_unknown() {
        return Err(Error::NotFound("user"));
    }
    let attempt = begin(core, realm, actor, key, found.as_ref())?;
    let offered = auth_providers::password_policy(&core.db, realm).await?.is_some();
    let stored = found.as_ref().and_then(|(_, login)| login.password_hash.clone());
    let failed = FailedLogin::new(reason(realm, found.as_ref(), offered)).guessed(&attempt.count).named(key);
    let Ok(tried) = tried else {
        return refuse(core, realm, actor, failed).await;
    };
    let verdict = match core.passwords.verify(tried, stored).await {
        Ok(verdict) => verdict,
        Err(busy) => {
            attempt.give_back(core);
            return Err(busy.into());
        }
    };
    let (user, before, rehash) = match (found, verdict) {
        (Some((user, login)), Verdict::Match { rehash })
            if offered && user.state == State::Active && realm.state == State::Active =>
        {
            (user, login, rehash)
        }
        _ => return refuse(core, realm, actor, failed).await,
    };
    let fresh = match (rehash, Password::new(password.expose_secret())) {
        (true, Ok(password)) => credentials::rehash(core, password).await.zip(before.password_hash.clone()),
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    let now = users::locked_login(&mut tx, realm, &user.id).await?;
    let Some((user, login)) = now.filter(|(user, login)| user.state == State::Active && login.still_takes(&before))
    else {
        drop(tx);
        return refuse(core, realm, actor, failed).await;
    };
    attempt.admit(core, &mut tx, login.failures()).await?;
    attempt.give_back(core);
    if let Some((fresh, old)) = fresh {
        fresh.replace(&mut tx, realm, &user.id, &old).await?;
    }
    go_on(core, tx, realm, actor, (user, login.devices), door, link).await
}

/// Begins an attempt. It is counted under the user's id, however the user was named; a name that is nobody's has a count
/// as well.
fn begin(core: &Core, realm: &Realm, actor: &Actor, key: &Key, found: Option<&(User, Login)>) -> Result<LoginAttempt> {
    let Some((user, login)) = found else {
        let (Key::Id(name) | Key::Username(name)) = key;
        return LoginAttempt::begin(core, actor, FailureCount::of_nobody(core, realm, name), StoredFailures(None));
    };
    let browser = known_browsers::name(core, realm, (&user.id, login.known_browsers), &actor.origin);
    let count = FailureCount::passwords(realm, &user.id, browser.as_deref());
    LoginAttempt::begin(core, actor, count, login.failures())
}

/// Why a password is refused that is not let in.
fn reason(realm: &Realm, found: Option<&(User, Login)>, offered: bool) -> FailureReason {
    match found {
        _ if realm.state == State::Inactive => FailureReason::InactiveRealm,
        _ if !offered => FailureReason::PasswordsOff,
        None => FailureReason::UnknownUser,
        Some((user, _)) if user.state == State::Inactive => FailureReason::InactiveUser,
        Some((_, login)) if login.password_hash.is_none() => FailureReason::NoPassword,
        Some(_) => FailureReason::WrongPassword,
    }
}
