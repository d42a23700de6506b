//! Going through the realms for what each keeps for a time of its own, and forgetting those that are gone.

use super::Realm;
use super::store;
use crate::core::{Core, WHOLE_REALM};
use crate::error::Result;
use crate::{events, notifications};

/// How long a deleted realm's last event, which tells of it, is kept.
const LAST_EVENT_KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Some realms behind this id, of all accounts, in the order of their ids; none: that was the last.
pub async fn every(core: &Core, after: &str) -> Result<Vec<Realm>> {
    store::every(&core.db, after).await
}

/// Removes what is left of one realm that was deleted a month ago. Whether there may be another.
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
