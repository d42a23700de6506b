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

/// Logs a user in by password and opens a session; LoginRocket may also set a cookie. LoginRocket may require a
/// verified address first, and a user with an active device must then send a code.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong password, an inactive user or realm, or if passwords are off;
/// [`Error::Limited`] after too many attempts; [`Error::Unavailable`] while too many passwords wait to be hashed.
pub async fn with_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (key, password): (&Key, &SecretString),
    door: Door,
) -> Result<Step> {
    with_password_and(core, realm, actor, (key, password), door, None).await
}

/// Logs a user in like [`with_password`], and links a pending social identity to the user.
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
        // Rejects the request before any query if the hasher is full: in a flood, most requests end here.
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

/// Begins an attempt. Attempts are keyed by user id, so username and id share one count; unknown names are counted too.
fn begin(core: &Core, realm: &Realm, actor: &Actor, key: &Key, found: Option<&(User, Login)>) -> Result<LoginAttempt> {
    let Some((user, login)) = found else {
        let (Key::Id(name) | Key::Username(name)) = key;
        return LoginAttempt::begin(core, actor, FailureCount::of_nobody(core, realm, name), StoredFailures(None));
    };
    let browser = known_browsers::name(core, realm, (&user.id, login.known_browsers), &actor.origin);
    let count = FailureCount::passwords(realm, &user.id, browser.as_deref());
    LoginAttempt::begin(core, actor, count, login.failures())
}

/// Returns the reason for which a login is refused, should it be.
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
