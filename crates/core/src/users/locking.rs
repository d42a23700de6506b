//! Unlocking a user whose logins are refused after too many wrong passwords.

use gantry_db::Tx;

use super::key::Key;
use super::rules::{self, read};
use super::store::{self, Counts, User};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::failed_attempts::{self, Forgiven};
use crate::realms::Realm;

/// Clears the failed attempts of a user. A locked user can log in at once, on every node.
pub async fn unlock(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let user = rules::lock(&mut tx, realm, key).await?.ok_or(Error::NotFound("user"))?;
    failed_attempts::forgive(&mut tx, realm, &user.id, Forgiven::All).await?;
    note_unlocked(core, &mut tx, realm, actor, &user).await?;
    let unlocked = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(unlocked)
}

/// Clears the user's lock-out, inside the transaction that cleared the failed attempts and locked `user`. Records an
/// event if the user was locked out.
pub(super) async fn note_unlocked(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &User) -> Result<()> {
    if user.locked_until.is_some() {
        store::set_locked(tx, &realm.id, &user.id, None).await?;
    }
    if user.locked_until(core.clock.now_ms()).is_some() {
        events::record(core, tx, realm, actor, EventType::UserUnlocked, Subject::user(&user.id)).await?;
    }
    Ok(())
}
