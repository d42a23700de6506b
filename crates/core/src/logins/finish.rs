//! How every login ends: with a session and an event, or refused with another.

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

/// How old a system's last login may look, so that a busy key does not write at each use.
const KEY_LOGIN_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

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
    /// The value of the cookie by which the browser is known from now on.
    pub browser: Option<SecretString>,
}

/// The session, the time of it, the event.
///
/// # Errors
/// [`Error::Unauthenticated`] for a user who was made inactive a moment ago: their sessions have ended, and none begins.
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
