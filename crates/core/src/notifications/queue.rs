//! Taking what is due, and writing down what came of it: both in one short transaction, whose length follows the load.

use gantry_db::Tx;

use super::Progress;
use super::outcome::{Attempt, Outcome, PATIENCE_MS};
use super::record::BEHIND_MS;
use super::store::{self, Notification};
use crate::core::Core;
use crate::error::Result;
use crate::page::BATCH;

/// What one turn of the queue does.
#[derive(Debug, Default)]
pub struct Turn<'a> {
    /// Attempts that ended since the last turn.
    pub ended: &'a [Attempt],
    /// Hook and lane where one may wait for nobody.
    pub lanes: &'a [(String, String)],
    /// Hooks, and how many of each may begin now.
    pub wanted: &'a [(String, usize)],
}

/// Writes down what ended, lets go who waited for it, and takes what is due: notifications whose attempt begins now, each
/// with its attempt's number and a lease.
pub async fn turn(core: &Core, turn: &Turn<'_>) -> Result<Vec<Notification>> {
    let now = core.clock.now_ms();
    let mut begun = Vec::new();
    let mut tx = core.db.begin().await?;
    for attempt in turn.ended {
        if write_down(core, &mut tx, attempt, now).await? {
            store::release(&mut tx, &attempt.app_hook_id, &attempt.lane).await?;
        }
    }
    for (hook, lane) in turn.lanes {
        store::release(&mut tx, hook, lane).await?;
    }
    for (hook, most) in turn.wanted {
        let most = i64::try_from(*most).unwrap_or(i64::MAX);
        begun.extend(store::begin(&mut tx, hook, now, now + core.retries.lease_ms, most).await?);
    }
    tx.commit().await?;
    begun.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(begun)
}

/// Whether the notification is finished by this attempt.
async fn write_down(core: &Core, tx: &mut Tx, attempt: &Attempt, now: i64) -> Result<bool> {
    let state = match attempt.outcome {
        Outcome::Delivered => Progress::Completed,
        Outcome::Impossible => Progress::Failed,
        Outcome::Canceled => Progress::Canceled,
        Outcome::Refused => match core.retries.next(now, attempt.ready_at, attempt.number, &core.random) {
            Some(next) => {
                store::postpone(tx, attempt, next).await?;
                return Ok(false);
            }
            None => Progress::Failed,
        },
    };
    store::finish(tx, attempt, state).await
}

/// Hooks with something due.
pub async fn busy_hooks(core: &Core) -> Result<Vec<String>> {
    store::busy_hooks(&core.db, core.clock.now_ms()).await
}

/// Rows that are due but have one before them wait on. Whether there may be more of them.
pub async fn unblock(core: &Core, hook: &str) -> Result<bool> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    let moved = store::wait_on(&mut tx, hook, now, now + BEHIND_MS).await?;
    tx.commit().await?;
    Ok(moved == BATCH)
}

/// Where a destination has been in trouble for so long that most of what goes there was never attempted, what is too old
/// is given up.
pub async fn give_up_old(core: &Core, hook: &str) -> Result<()> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    store::give_up_old(&mut tx, hook, now, now - PATIENCE_MS).await?;
    tx.commit().await?;
    Ok(())
}
