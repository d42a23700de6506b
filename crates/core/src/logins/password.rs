//! Login by password.

use gantry_crypto::password::{Password, Verdict};
use secrecy::{ExposeSecret, SecretString};

use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::realms::Realm;
use crate::sessions::{self, Opened};
use crate::users::{self, Counts, Key, User};
use crate::words::State;
use crate::{auth_providers, credentials};

/// A finished login.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub user: User,
    /// What a single read of the user tells.
    pub counts: Counts,
    /// The session.
    pub opened: Opened,
    /// The value of the browser's cookie, where one was wanted.
    pub cookie: Option<SecretString>,
}

/// What a login as an unknown user comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// [`Error::NotFound`], at once: the caller is trusted with who exists.
    IsTold,
    /// The same answer, the same work and the same event as for a wrong password: nobody learns who exists.
    IsHidden,
}

/// Logs a user in by password, and opens a session. With `remember`, also a cookie for the browser.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong password, an inactive user or realm, or where passwords are off;
/// [`Error::Limited`] after too many tries; [`Error::Unavailable`] while too many passwords wait to be hashed.
pub async fn with_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (key, password): (&Key, &SecretString),
    unknown: Unknown,
    remember: bool,
) -> Result<LoggedIn> {
    actor.need(Access::Write)?;
    let found = users::of_login(&core.db, &realm.id, key).await?;
    if found.is_none() && unknown == Unknown::IsTold {
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
        return refuse(core, realm, actor, found.as_ref().map(|(user, _)| user)).await;
    };
    let verdict = core.passwords.verify(tried, stored.clone()).await?;
    let (user, rehash) = match (found, verdict) {
        (Some((user, _)), Verdict::Match { rehash })
            if offered && user.state == State::Active && realm.state == State::Active =>
        {
            (user, rehash)
        }
        (found, _) => return refuse(core, realm, actor, found.as_ref().map(|(user, _)| user)).await,
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
    let logged_in = finish(core, tx, realm, actor, &user, remember).await?;
    Ok(logged_in)
}

/// The end of every login: the session, the time of it, the event.
pub(super) async fn finish(
    core: &Core,
    mut tx: gantry_db::Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    remember: bool,
) -> Result<LoggedIn> {
    users::touch_login(&mut tx, &realm.id, &user.id, core.clock.now_ms()).await?;
    let opened = sessions::open(core, &mut tx, realm, actor, user).await?;
    let cookie = match &opened.session {
        Some(session) if remember => Some(sessions::remember(core, &mut tx, session).await?),
        _ => None,
    };
    events::record(core, &mut tx, realm, actor, EventType::LoginSucceeded, Subject::user(&user.id)).await?;
    let key = Key::Id(user.id.clone());
    let (user, counts) = users::read(core, &mut tx, realm, &key).await?;
    tx.commit().await?;
    Ok(LoggedIn { user, counts, opened, cookie })
}

/// A refused login is an event too; for an unknown user it costs the same and names nobody.
async fn refuse(core: &Core, realm: &Realm, actor: &Actor, user: Option<&User>) -> Result<LoggedIn> {
    let subject = Subject { user: user.map(|user| user.id.as_str()), ..Subject::default() };
    let mut tx = core.db.begin().await?;
    events::record(core, &mut tx, realm, actor, EventType::LoginFailed, subject).await?;
    tx.commit().await?;
    Err(Error::Unauthenticated)
}
