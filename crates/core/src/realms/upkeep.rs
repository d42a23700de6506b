//! Upkeep of realms: iterates over them for retention, and removes the remains of deleted ones.

use super::Realm;
use super::store;
use crate::core::{Core, WHOLE_REALM};
use crate::error::Result;
use crate::{events, notifications};

/// How long the last event of a deleted realm, which reports the deletion, is kept.
const LAST_EVENT_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Returns the next realms after this id, of all accounts, ordered by id; empty after the last.
pub async fn every(core: &Core, after: &str) -> Result<Vec<Realm>> {
    store::every(&core.db, after).await
}

/// Removes the remains of one realm that was deleted a month ago. Returns whether more may remain.
pub async fn forget_deleted(core: &Core) -> Result<bool> {
    let before = core.clock.now_ms() - LAST_EVENT_KEPT_MS;
    let Some(realm) = store::old_deletion(&core.db, before).await? else { return Ok(false) };
    let mut tx = core.db.begin().await?;
    tx.set_deadline(WHOLE_REALM).await?;
    notifications::delete_of_realm(&mut tx, &realm).await?;
    events::delete_of_realm(&mut tx, &realm).await?;
    store::forget_deletion(&mut tx, &realm).await?;
    tx.commit().await?;
    Ok(true)
}
