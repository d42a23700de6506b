//! End of every successful login: a session and an event.

use gantry_db::Tx;
use secrecy::SecretString;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::known_browsers;
use crate::realms::Realm;
use crate::sessions::{self, Opened};
use crate::users::{self, Counts, Key, User, UserType};

/// Maximum age in milliseconds of a system's `last_login_at` before it is updated, so that a busy key does not write at
/// each use.
const KEY_LOGIN_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// A finished login.
#[derive(Debug)]
pub struct LoggedIn {
    /// The user.
    pub user: User,
    /// Counts that a single read of the user includes.
    pub counts: Counts,
    /// The new session.
    pub opened: Opened,
    /// Value of the session cookie, if the channel sets cookies.
    pub cookie: Option<SecretString>,
    /// Value of the trusted-browser cookie, if the channel sets cookies.
    pub browser: Option<SecretString>,
}

/// Creates the session, updates `last_login_at` and records `user.login.succeeded`.
///
/// # Errors
/// [`Error::Unauthenticated`] for a user who was deactivated meanwhile: their sessions have ended, and none may begin.
pub(super) async fn finish(
    core: &Core,
    mut tx: Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    remember: bool,
) -> Result<LoggedIn> {
    let now = core.clock.now_ms();
    let lately = user.last_login_at.is_some_and(|at| now - at < KEY_LOGIN_KEPT_MS);
    if user.user_type == UserType::Human || !lately {
        let is_active = users::touch_login(&mut tx, &realm.id, &user.id, now).await?;
        if !is_active {
            return Err(Error::Unauthenticated);
        }
    }
    let opened = sessions::open(core, &mut tx, realm, actor, user).await?;
    let cookie = match &opened.session {
        Some(session) if remember => Some(sessions::remember(core, &mut tx, session).await?),
        _ => None,
    };
    let browser = if remember {
        Some(known_browsers::remember(core, &mut tx, realm, &user.id, &actor.origin).await?)
    } else {
        None
    };
    events::record(core, &mut tx, realm, actor, EventType::LoginSucceeded, Subject::user(&user.id)).await?;
    let key = Key::Id(user.id.clone());
    let (user, counts) = users::read(core, &mut tx, realm, &key).await?;
    tx.commit().await?;
    Ok(LoggedIn { user, counts, opened, cookie, browser })
}
