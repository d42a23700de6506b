//! Counting and clearing failures.

use gantry_db::Tx;

use super::count::{FailureCount, StoredFailures};
use super::store;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType, FailureReason, Subject};
use crate::realms::Realm;
use crate::tries::limited;
use crate::users::{self, Key};

/// Maximum rows that a batch statement returns.
const BATCH_ROWS: usize = 200;

/// Number of statements of a lock-out: the user's row and an event. An unknown name causes as many.
const STATEMENTS_OF_A_LOCK: usize = 3;

/// Counts a wrong guess inside the transaction that answers it, or a right one where those count too. Takes the user's
/// row lock first, like a login.
///
/// # Errors
/// [`Error::Limited`](crate::Error::Limited) if the quota is used up: the response must not reveal that the guess is
/// wrong.
pub(crate) async fn count_failure(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    count: &FailureCount,
) -> Result<()> {
    let (now, quota) = (core.clock.now_ms(), core.tries.attempts.quota);
    users::lock(tx, realm, &Key::Id(count.subject.clone())).await?;
    let counted = store::count(tx, count, quota, now).await?;
    let Some(counted) = counted else {
        let empty_at = store::empty_at(&mut *tx, count).await?.unwrap_or(now);
        let until = quota.refuses_until(empty_at, now).unwrap_or(now);
        core.tries.attempts.refuse(count.key(), now, until);
        return Err(limited(until, now));
    };
    if let Some(until) = quota.refuses_until(counted.empty_at, now) {
        core.tries.attempts.refuse(count.key(), now, until);
        lock(core, tx, realm, actor, Lock { count, until, is_first: counted.locked_at == Some(now) }).await?;
    }
    Ok(())
}

/// A count whose quota is used up.
struct Lock<'a> {
    count: &'a FailureCount,
    /// End of the lock-out in epoch milliseconds.
    until: i64,
    /// Whether the quota is used up for the first time since the count was empty.
    is_first: bool,
}

/// Records the lock-out on the user. It causes one event until all failures are cleared: an attacker who continues
/// causes no more. For an unknown name, executes as many statements that find no user.
async fn lock(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, lock: Lock<'_>) -> Result<()> {
    let Some(user) = lock.count.user() else {
        return users::find_nobody(core, tx, realm, STATEMENTS_OF_A_LOCK).await;
    };
    if lock.count.is_of_known_browser() {
        return Ok(());
    }
    if lock.count.is_of_passwords() {
        users::set_locked(tx, &realm.id, user, Some(lock.until)).await?;
    }
    if lock.is_first {
        let passwords = lock.count.is_of_passwords();
        let reason = if passwords { FailureReason::TooManyPasswords } else { FailureReason::TooManyCodes };
        let subject = Subject { user: Some(user), reason: Some(reason), ..Subject::default() };
        events::record(core, tx, realm, actor, EventType::UserLocked, subject).await?;
    }
    Ok(())
}

/// Failures to clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgiven {
    /// Wrong passwords from untrusted browsers. A new password invalidates the trusted ones anyway.
    Passwords,
    /// All failures, including wrong codes.
    All,
}

/// Clears failures of a user, whose row lock the transaction must hold.
pub(crate) async fn forgive(tx: &mut Tx, realm: &Realm, user: &str, forgiven: Forgiven) -> Result<()> {
    match forgiven {
        Forgiven::Passwords => store::clear(tx, &FailureCount::passwords(realm, user, None)).await,
        Forgiven::All => store::clear_all(tx, &realm.id, user).await,
    }
}

impl FailureCount {
    /// Refuses a right guess if the quota is used up. The transaction must have locked the user before `stored` was
    /// read.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next attempt can pass.
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

    /// Clears the failures after a right guess.
    pub(crate) async fn clear(&self, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        if stored.empty_at(self).is_none() {
            return Ok(());
        }
        if self.is_of_passwords() {
            users::set_locked(tx, &self.realm_id, &self.subject, None).await?;
        }
        store::clear(tx, self).await
    }
}

/// Removes up to a batch of empty counts, and corrects those that were written while a clock was ahead. Returns whether
/// there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let (now, quota) = (core.clock.now_ms(), core.tries.attempts.quota);
    let mut tx = core.db.begin().await?;
    let is_whole = store::delete_expired(&mut tx, now).await?;
    let latest = now + quota.full_ms();
    let late = store::bound(&mut tx, latest).await?;
    for of in late.iter().filter(|of| of.is_of_passwords()) {
        users::set_locked(&mut tx, &of.realm_id, &of.subject, quota.refuses_until(latest, now)).await?;
    }
    tx.commit().await?;
    Ok(is_whole || late.len() == BATCH_ROWS)
}
