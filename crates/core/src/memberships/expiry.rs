//! Removing expired memberships, with an event for each.

use super::store;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType};
use crate::realms::Realm;

/// Memberships removed in one transaction, which takes some milliseconds.
const BATCH: i64 = 100;

/// Removes up to a batch of expired memberships. Returns whether there may be more. Several servers may run this at
/// once: each membership is removed, and its event recorded, by one of them.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    let expired: Vec<(store::Gone, Realm)> = store::expired(&mut tx, now, BATCH).await?;
    for (gone, realm) in &expired {
        if store::delete_expired(&mut tx, &realm.id, &gone.id, now).await? {
            let actor = Actor::system();
            events::record(core, &mut tx, realm, &actor, EventType::MembershipDeleted, gone.subject()).await?;
        }
    }
    tx.commit().await?;
    Ok(i64::try_from(expired.len()).unwrap_or(0) == BATCH)
}
