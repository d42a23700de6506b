//! Ends sessions for an app's server.
//!
//! Guarantees: ending a session that is over succeeds, so that a second logout never fails; a token counts only with the
//! signature of its realm's key, whether it has expired or not; a live session out of the caller's reach is not found and
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

/// Ends a session: from the next request on it is refused. Succeeds also for a session that has ended, was removed, or is
/// not on record.
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
        // Nothing lives on that was signed by a key which is gone or out of use; but the key may be somebody else's.
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

/// Whether this is the id of a session, on record or not.
fn is_session(text: &str) -> bool {
    id::is("kss", text) || id::is("kst", text)
}

/// Returns the realm to look in: the named one, or the one of the caller that holds the thing.
async fn reach(core: &Core, actor: &Actor, realm: Option<&str>, thing: Holding<'_>) -> Result<Option<Realm>> {
    match realms::enter(core, actor, realm, Some(thing)).await {
        Ok(realm) => Ok(Some(realm)),
        // A realm that is named has to be the caller's.
        Err(Error::NotFound(_)) if realm.is_none() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether there was a session to end.
pub(super) async fn delete(core: &Core, realm: &Realm, session: &str) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let ended = store::delete(&mut tx, &realm.id, session).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session of the user, who is named as for a new session.
pub async fn end_all_of(core: &Core, realm: &Realm, actor: &Actor, user: &str) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = users::resolve_filter(&mut tx, realm, user).await?;
    // One that begins meanwhile waits for the user's row.
    let user = users::lock(&mut tx, realm, &users::Key::Id(user.id)).await?.ok_or(Error::NotFound("user"))?;
    store::delete_all(&mut tx, &realm.id, &user.id).await?;
    events::record(core, &mut tx, realm, actor, EventType::SessionsEnded, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(())
}
