//! Ends sessions for an app's server.
//!
//! Guarantees: ending an ended session succeeds, so that a second logout never fails; a token is accepted only with a
//! signature by its realm's key, even if it has expired; a live session outside the caller's realms is not found and
//! stays alive.

use gantry_crypto::id;
use gantry_crypto::jwt::Unverified;

use super::rules::Named;
use super::store;
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::jwt_keys;
use crate::realms::{self, Holding, Realm};
use crate::users;

const UNKNOWN: Error = Error::NotFound("session");

/// Ends a session: from the next request on it is refused. Also succeeds if the session has ended, was removed, or is
/// not stored.
pub async fn end(core: &Core, actor: &Actor, realm: Option<&str>, named: Named<'_>) -> Result<()> {
    actor.need(named.right_to_end())?;
    match named {
        Named::Id(id) => end_by_id(core, actor, realm, id).await,
        Named::Token(token) => end_by_token(core, actor, realm, token).await,
    }
}

async fn end_by_id(core: &Core, actor: &Actor, realm: Option<&str>, session: &str) -> Result<()> {
    if !is_session(session) {
        return Err(UNKNOWN);
    }
    match reach(core, actor, realm, Holding::Session(session)).await? {
        Some(realm) if delete(core, &realm, session).await? => Ok(()),
        _ if store::is_anywhere(&core.db, session).await? => Err(UNKNOWN),
        _ => Ok(()),
    }
}

async fn end_by_token(core: &Core, actor: &Actor, realm: Option<&str>, token: &str) -> Result<()> {
    /// A time before the expiry of every token.
    const BEFORE_EXPIRY: i64 = 0;
    let read = Unverified::read(token).ok_or(UNKNOWN)?;
    let kid = read.kid().filter(|kid| id::is("jky", kid)).ok_or(UNKNOWN)?;
    let realm = reach(core, actor, realm, Holding::JwtKey(kid)).await?;
    let key = match &realm {
        Some(realm) => jwt_keys::verifying(core, &core.db, realm, kid).await?,
        None => None,
    };
    let (Some(realm), Some(key)) = (&realm, key) else {
        // A key that is gone or out of use has no live sessions; but it may be a key of another tenant.
        let own = realm.as_ref().map(|realm| realm.id.as_str());
        return if jwt_keys::is_elsewhere(&core.db, own, kid).await? { Err(UNKNOWN) } else { Ok(()) };
    };
    let claims = key.verify_read(&read, &realm.id, BEFORE_EXPIRY).map_err(|_| UNKNOWN)?;
    if !is_session(&claims.tk) {
        return Err(UNKNOWN);
    }
    delete(core, realm, &claims.tk).await?;
    Ok(())
}

/// Returns whether this is the id of a managed or unmanaged session.
fn is_session(text: &str) -> bool {
    id::is("kss", text) || id::is("kst", text)
}

/// Returns the named realm, or the caller's realm that contains the object.
async fn reach(core: &Core, actor: &Actor, realm: Option<&str>, thing: Holding<'_>) -> Result<Option<Realm>> {
    match realms::enter(core, actor, realm, Some(thing)).await {
        Ok(realm) => Ok(Some(realm)),
        // A named realm must belong to the caller.
        Err(Error::NotFound(_)) if realm.is_none() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Deletes the session. Returns whether it existed.
pub(super) async fn delete(core: &Core, realm: &Realm, session: &str) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let ended = store::delete(&mut tx, &realm.id, session).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session of the user; `user` is resolved as for a new session.
pub async fn end_all_of(core: &Core, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = users::resolve_filter(&mut tx, realm, user).await?;
    // A concurrent login waits for this row lock.
    let user = users::lock(&mut tx, realm, &users::Key::Id(user.id)).await?.ok_or(Error::NotFound("user"))?;
    store::delete_all(&mut tx, &realm.id, &user.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::SessionsEnded, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(())
}
