//! Creates, checks and ends sessions.

use gantry_crypto::id;
use gantry_crypto::jwt::Unverified;
use gantry_db::Tx;

use super::store::{self, Session};
use super::token::{Term, sign};
use crate::actor::{Access, Actor, Who};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::{Fields, Sent};
use crate::jwt_keys::{self, Stored};
use crate::page::BATCH;
use crate::page::{Listed, Offer, Page};
use crate::realms::{Realm, SessionType};
use crate::users::{self, Counts, User, UserType};
use crate::words::State;

/// Sort orders and page size of the list of sessions.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: false, most: 1000 };

/// Reference to a session.
#[derive(Debug, Clone, Copy)]
pub enum Named<'a> {
    /// `kss_…`
    Id(&'a str),
    /// The whole login token.
    Token(&'a str),
}

impl<'a> Named<'a> {
    /// Parses a path segment.
    pub fn parse(text: &'a str) -> Self {
        if text.contains('.') { Self::Token(text) } else { Self::Id(text) }
    }

    /// Returns the rights that allow the check; one of them suffices. The token came from the user's browser, so an app
    /// that presents it reaches no other user.
    fn rights_to_check(self) -> &'static [Access] {
        match self {
            Self::Id(_) => &[Access::Read],
            Self::Token(_) => &[Access::Read, Access::Verify],
        }
    }

    /// Returns the right that is required to end the session.
    pub(super) fn right_to_end(self) -> Access {
        match self {
            Self::Id(_) => Access::Write,
            Self::Token(_) => Access::Verify,
        }
    }
}

/// New session with its login token. Unmanaged sessions are not stored.
#[derive(Debug)]
pub struct Opened {
    /// `kss_…`, or `kst_…` for an unmanaged one.
    pub id: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Expiry in epoch milliseconds; `None` if it never expires.
    pub expires_at: Option<i64>,
    /// The login token.
    pub token: String,
    /// Stored session; `None` for an unmanaged one.
    pub session: Option<Session>,
}

/// Returns the live session, its user and the user's counts. This is the hot path of the server.
///
/// A token is accepted only with a signature by its realm's key; ended, expired, unmanaged or foreign sessions are not
/// found.
pub async fn check(
    core: &Core,
    actor: &Actor,
    realm: Option<&str>,
    named: Named<'_>,
) -> Result<(Session, User, Counts)> {
    const UNKNOWN: Error = Error::NotFound("session");
    actor.need_one_of(named.rights_to_check())?;
    let Who::Key(key) = &actor.who else { return Err(UNKNOWN) };
    let now = core.clock.now_ms();
    let read = match named {
        Named::Token(token) => Some(Unverified::read(token).ok_or(UNKNOWN)?),
        Named::Id(_) => None,
    };
    let (id, kid) = match (&read, named) {
        (Some(read), _) => (read.tk(), Some(read.kid().ok_or(UNKNOWN)?)),
        (None, Named::Id(id) | Named::Token(id)) => (id, None),
    };
    if !id::is("kss", id) {
        return Err(UNKNOWN);
    }
    let live = store::live(&core.db, id, (&key.account_id, realm), kid, now).await?.ok_or(UNKNOWN)?;
    let ((session, user), (counts, named_key)) = live;
    if !actor.reaches(&session.realm_id) {
        return Err(UNKNOWN);
    }
    if let Some(read) = read {
        let (Some(key_id), Some(algo), Some(secret)) = (&named_key.key_id, named_key.key_algo, &named_key.key_secret)
        else {
            return Err(UNKNOWN);
        };
        let stored = Stored { id: key_id, algo, secret, public_key: named_key.key_public.as_deref() };
        let key = jwt_keys::verifier(core, &stored)?;
        let verified = key.verify_read(&read, &session.realm_id, now);
        if verified.map_or(true, |claims| claims.uid != session.user_id) {
            return Err(UNKNOWN);
        }
    }
    Ok((session, user, counts))
}

/// Lists the live sessions of the user; `user` is resolved as for a new session.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, user: &str, page: &Page) -> Result<Listed<Session>> {
    actor.need(Access::Read)?;
    let user = users::resolve_filter(&core.db, realm, user).await?;
    Ok(page.listed(store::list(&core.db, &realm.id, &user.id, page, core.clock.now_ms()).await?))
}

/// Creates a session without a password: the caller vouches for the user.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<(Opened, User, Counts)> {
    actor.need(Access::Write)?;
    let user_id = match sent.line("user_id", 255) {
        Sent::Value(id) if !id.is_empty() => id,
        _ => {
            if !sent.has_error("user_id") {
                sent.error("user_id", "blank", "User can't be blank");
            }
            String::new()
        }
    };
    sent.finish()?;
    let unknown = || Error::invalid("user_id", "unknown", "User can't be found in this realm");
    let named = users::resolve(&core.db, realm, &user_id).await?.ok_or_else(unknown)?;
    let (user, counts) = match users::find(core, realm, actor, &users::Key::Id(named.id)).await {
        Err(Error::NotFound(_)) => return Err(unknown()),
        found => found?,
    };
    let inactive = || Error::invalid("user_id", "inactive", "User is inactive");
    if user.state == State::Inactive || realm.state == State::Inactive {
        return Err(inactive());
    }
    let mut tx = core.db.begin().await?;
    // The row lock serializes logins: they cannot exceed the realm's limit, and none begins for a user who was just
    // deactivated.
    let locked = users::lock(&mut tx, realm, &users::Key::Id(user.id.clone())).await?;
    if locked.is_none_or(|user| user.state == State::Inactive) {
        return Err(inactive());
    }
    let opened = open(core, &mut tx, realm, actor, &user).await?;
    tx.commit().await?;
    Ok((opened, user, counts))
}

/// Creates a session inside the transaction of a login; beyond the realm's limit the oldest ends.
pub(crate) async fn open(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &User) -> Result<Opened> {
    let created_at = core.clock.now_ms();
    let from = created_at / 1000;
    // Systems have no stored sessions: their API key is revoked instead.
    let human = user.user_type == UserType::Human;
    let minutes = if human { realm.session_minutes } else { realm.api_key_minutes };
    let until = (minutes > 0).then(|| from + minutes * 60);
    let managed = human && realm.session_type == SessionType::Managed;
    let id = core.new_id(if managed { "kss" } else { "kst" }, created_at);
    let expires_at = until.map(|until| until * 1000);
    let session = match expires_at {
        Some(expires_at) if managed => {
            let session = Session {
                id: id.clone(),
                realm_id: realm.id.clone(),
                user_id: user.id.clone(),
                request_ip: actor.origin.ip.clone(),
                request_client: actor.origin.client.clone(),
                expires_at,
                created_at,
            };
            store::insert(tx, &session).await?;
            store::delete_oldest(tx, &session, realm.session_limit).await?;
            Some(session)
        }
        _ => None,
    };
    let token = sign(core, tx, realm, user, &Term { id: &id, from, until }).await?;
    Ok(Opened { id, created_at, expires_at, token, session })
}

/// Removes up to a batch of expired sessions. Returns whether more may remain.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}

/// Ends every session of the user but this one.
pub(crate) async fn end_others(tx: &mut Tx, realm: &Realm, user: &str, kept: &str) -> Result<()> {
    store::delete_others(tx, &realm.id, user, kept).await
}

/// Ends every session of the user.
pub(crate) async fn end_all(tx: &mut Tx, realm: &Realm, user: &str) -> Result<()> {
    store::delete_all(tx, &realm.id, user).await
}
