//! Counting a failure, and forgetting it.

use gantry_db::Tx;

use super::count::{FailureCount, StoredFailures};
use super::store;
use crate::core::Core;
use crate::error::Result;
use crate::realms::Realm;
use crate::tries::limited;
use crate::users::{self, Key};

/// Counts a wrong guess inside the transaction that answers it, or a right one where those count as well. The user's row is locked first, as a login does it.
///
/// # Errors
/// [`Error::Limited`](crate::Error::Limited) where the quota was used up: the guess must not be told as wrong.
pub(crate) async fn count_failure(core: &Core, tx: &mut Tx, realm: &Realm, count: &FailureCount) -> Result<()> {
    let (now, quota) = (core.clock.now_ms(), core.tries.attempts.quota);
    users::lock(tx, realm, &Key::Id(count.subject.clone())).await?;
    let counted = store::count(tx, count, quota, now).await?;
    let (empty_at, is_counted) = match counted {
        Some(counted) => (counted.empty_at, true),
        None => (store::empty_at(&mut *tx, count).await?.unwrap_or(now), false),
    };
    let refuses_until = quota.refuses_until(empty_at, now);
    if let Some(until) = refuses_until {
        core.tries.attempts.refuse(count.key(), now, until);
    }
    if is_counted { Ok(()) } else { Err(limited(refuses_until.unwrap_or(now), now)) }
}

impl FailureCount {
    /// Refuses a right guess where the quota is used up. The user has to be locked, and `stored` read since then.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited)
    pub(crate) fn check(&self, core: &Core, stored: StoredFailures<'_>) -> Result<()> {
        let (now, quota) = (core.clock.now_ms(), core.tries.attempts.quota);
        let until = stored.empty_at(self).and_then(|empty_at| quota.refuses_until(empty_at, now));
        match until {
            Some(until) => {
                core.tries.attempts.refuse(self.key(), now, until);
                Err(limited(until, now))
            }
            None => Ok(()),
        }
    }

    /// Forgets the failures after a right guess; without any there is nothing to do.
    pub(crate) async fn clear(&self, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        if stored.empty_at(self).is_some() { store::clear(tx, self).await } else { Ok(()) }
    }
}

/// Removes up to a batch of counts that are empty, and sets those right that were written while a clock was ahead. Returns
/// whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    let empty = store::delete_expired(&mut tx, now).await?;
    let late = store::bound(&mut tx, now + core.tries.attempts.quota.full_ms()).await?;
    tx.commit().await?;
    Ok(empty || late)
}
