//! Claims due notifications and records outcomes, both in one short transaction, whose length follows the load.

use std::collections::{BTreeMap, BTreeSet};

use gantry_db::Tx;

use super::Progress;
use super::outcome::{Attempt, Outcome, PATIENCE_MS};
use super::record::BEHIND_MS;
use super::store::{self, Notification};
use crate::core::Core;
use crate::error::Result;
use crate::page::BATCH;

/// Work of one queue cycle.
#[derive(Debug, Default)]
pub struct Turn<'a> {
    /// Attempts that ended since the last cycle.
    pub ended: &'a [Attempt],
    /// `(hook, lane)` pairs whose predecessor may have finished.
    pub lanes: &'a [(String, String)],
    /// Hooks, each with the number of attempts that may begin now.
    pub wanted: &'a [(String, usize)],
}

/// Records ended attempts, releases the notifications that waited for them, and claims due ones. The returned
/// notifications begin an attempt now, each with its attempt's number and a lease.
pub async fn turn(core: &Core, turn: &Turn<'_>) -> Result<Vec<Notification>> {
    let now = core.clock.now_ms();
    let mut begun = Vec::new();
    let mut tx = core.db.begin().await?;
    let mut lanes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (hook, lane) in turn.lanes {
        lanes.entry(hook).or_default().insert(lane);
    }
    for (state, alike) in write_down(core, &mut tx, turn.ended, now).await? {
        for attempts in alike.chunks(store::AT_ONCE) {
            store::finish(&mut tx, attempts, state).await?;
        }
        for attempt in alike {
            lanes.entry(&attempt.app_hook_id).or_default().insert(&attempt.lane);
        }
    }
    for (hook, lanes) in lanes {
        let lanes: Vec<&str> = lanes.into_iter().collect();
        for lanes in lanes.chunks(store::AT_ONCE) {
            store::release(&mut tx, hook, lanes).await?;
        }
    }
    for (hook, most) in turn.wanted {
        let most = i64::try_from(*most).unwrap_or(i64::MAX);
        begun.extend(store::begin(&mut tx, hook, now, now + core.retries.lease_ms, most).await?);
    }
    tx.commit().await?;
    begun.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(begun)
}

/// Schedules retries. Returns the finished attempts, in groups that one statement can record.
async fn write_down<'a>(
    core: &Core,
    tx: &mut Tx,
    ended: &'a [Attempt],
    now: i64,
) -> Result<Vec<(Progress, Vec<&'a Attempt>)>> {
    let mut finished: Vec<(Progress, Vec<&Attempt>)> = Vec::new();
    for attempt in ended {
        let state = match attempt.outcome {
            Outcome::Delivered => Progress::Completed,
            Outcome::Impossible => Progress::Failed,
            Outcome::Canceled => Progress::Canceled,
            Outcome::Refused => match core.retries.next(now, attempt.ready_at, attempt.number, &core.random) {
                Some(next) => {
                    store::postpone(tx, attempt, next).await?;
                    continue;
                }
                None => Progress::Failed,
            },
        };
        let alike = |group: &&mut (Progress, Vec<&Attempt>)| group.0 == state && attempt.ended_like(group.1[0]);
        match finished.iter_mut().find(alike) {
            Some((_, group)) => group.push(attempt),
            None => finished.push((state, vec![attempt])),
        }
    }
    Ok(finished)
}

/// Returns the ids of hooks with due notifications.
pub async fn busy_hooks(core: &Core) -> Result<Vec<String>> {
    store::busy_hooks(&core.db, core.clock.now_ms()).await
}

/// Postpones a batch of due rows that wait for an earlier one. Returns whether there may be more.
pub async fn unblock(core: &Core, hook: &str) -> Result<bool> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    let moved = store::wait_on(&mut tx, hook, now, now + BEHIND_MS).await?;
    tx.commit().await?;
    Ok(moved == BATCH)
}

/// Gives up notifications that are too old, even without an attempt: a destination may have been failing for so long
/// that most were never attempted.
pub async fn give_up_old(core: &Core, hook: &str) -> Result<()> {
    let now = core.clock.now_ms();
    let mut tx = core.db.begin().await?;
    store::give_up_old(&mut tx, hook, now, now - PATIENCE_MS).await?;
    tx.commit().await?;
    Ok(())
}
