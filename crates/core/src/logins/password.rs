//! Login by password.

use gantry_crypto::password::{Password, Verdict};
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::door::Door;
use super::finish::{LoggedIn, finish, refuse};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::users::{self, Counts, Key, User};
use crate::words::State;
use crate::{auth_providers, credentials};

/// How far a right password leads.
#[derive(Debug)]
pub enum Step {
    /// All the way.
    Done(Box<LoggedIn>),
    /// To a code of one of the user's devices.
    SecondFactor(Box<Pending>),
    /// To the mail that proves the user's address.
    Unproven(Box<Unproven>),
}

/// A login that waits for a code.
#[derive(Debug)]
pub struct Pending {
    /// Who.
    pub user: User,
    /// What a single read of the user tells.
    pub counts: Counts,
    /// `kli_…`: finishes the login together with a code.
    pub token: SecretString,
}

/// A login that waits for the user's address to be proven.
#[derive(Debug)]
pub struct Unproven {
    /// `krs_…`: has the mail sent again.
    pub token: SecretString,
    /// Whether there is an address at all.
    pub has_address: bool,
}

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
    actor.need(Access::Write)?;
    let found = users::of_login(&core.db, &realm.id, key).await?;
    if found.is_none() && door.tells_unknown() {
        return Err(Error::NotFound("user"));
    }
    // Tries are counted under the user's id, however it was called; a name that is nobody's counts as itself.
    let counted = match (&found, key) {
        (Some((user, _)), _) => user.id.clone(),
        (None, Key::Id(name) | Key::Username(name)) => name.clone(),
    };
    let now = core.clock.now_ms();
    core.tries.check(now, &realm.id, &counted, actor.origin.ip.as_deref())?;

    let offered = auth_providers::password_policy(&core.db, realm).await?.is_some();
    let stored = found.as_ref().and_then(|(_, login)| login.password_hash.clone());
    let Ok(tried) = Password::new(password.expose_secret()) else {
        return refuse(core, realm, actor, found.as_ref().map(|(user, _)| user.id.as_str())).await;
    };
    let verdict = core.passwords.verify(tried, stored.clone()).await;
    if verdict.is_err() {
        core.tries.withdrawn(&realm.id, &counted, actor.origin.ip.as_deref());
    }
    let (user, devices, rehash) = match (found, verdict?) {
        (Some((user, login)), Verdict::Match { rehash })
            if offered && user.state == State::Active && realm.state == State::Active =>
        {
            (user, login.devices, rehash)
        }
        (found, _) => return refuse(core, realm, actor, found.as_ref().map(|(user, _)| user.id.as_str())).await,
    };
    core.tries.succeeded(&realm.id, &counted, actor.origin.ip.as_deref());
    let fresh = match (rehash, Password::new(password.expose_secret())) {
        (true, Ok(password)) => credentials::rehash(core, password).await.zip(stored),
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    if let Some((fresh, old)) = fresh {
        fresh.replace(&mut tx, realm, &user.id, &old).await?;
    }
    if door.keeps_out(&user) {
        return wait_for_proof(core, tx, realm, actor, user).await;
    }
    if devices > 0 {
        return wait_for_code(core, tx, realm, actor, user).await;
    }
    Ok(Step::Done(Box::new(finish(core, tx, realm, actor, &user, door.remembers()).await?)))
}

/// The password was right, and a code has to follow.
async fn wait_for_code(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, user: User) -> Result<Step> {
    let token = one_time_tokens::issue(core, &mut tx, realm, &user, Purpose::Login).await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginInitiated, Subject::user(&user.id)).await?;
    let (user, counts) = users::read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(Step::SecondFactor(Box::new(Pending { user, counts, token })))
}

/// The password was right, and the address has to be proven.
async fn wait_for_proof(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, user: User) -> Result<Step> {
    one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Resend).await?;
    let token = one_time_tokens::issue(core, &mut tx, realm, &user, Purpose::Resend).await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginInitiated, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(Step::Unproven(Box::new(Unproven { token, has_address: user.email.is_some() })))
}
