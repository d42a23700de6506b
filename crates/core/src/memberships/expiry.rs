//! Removing what has expired, with the event that tells of it.

use super::store;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType};
use crate::realms::Realm;

/// Removed in one transaction; some milliseconds.
const BATCH: i64 = 100;

/// Removes up to a batch of expired memberships. Whether there may be more. Several servers may do so at once: each
/// membership is removed, and told, by one of them.
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
