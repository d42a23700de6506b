//! Counting a failure, and forgetting it.

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

/// Rows of a batch.
const BATCH_ROWS: usize = 200;

/// What a lock takes, in statements that find nobody: the user's row, and an event.
const STATEMENTS_OF_A_LOCK: usize = 3;

/// Counts a wrong guess inside the transaction that answers it, or a right one where those count as well. The user's row
/// is locked first, as a login does it.
///
/// # Errors
/// [`Error::Limited`](crate::Error::Limited) where the quota was used up: the guess must not be told as wrong.
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
    /// Epoch milliseconds.
    until: i64,
    /// Whether it was not used up before since the count was empty.
    is_first: bool,
}

/// Notes on the user that logins are refused. It is an event once, until all failures are forgiven: a guesser who goes on
/// causes no more of them. For a name that is nobody's as many statements find nobody.
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

/// Which failures are forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgiven {
    /// Wrong passwords from unknown browsers. The known ones are strangers after a new password.
    Passwords,
    /// All, wrong codes too.
    All,
}

/// Forgets failures of a user, whom the transaction has to have locked.
pub(crate) async fn forgive(tx: &mut Tx, realm: &Realm, user: &str, forgiven: Forgiven) -> Result<()> {
    match forgiven {
        Forgiven::Passwords => store::clear(tx, &FailureCount::passwords(realm, user, None)).await,
        Forgiven::All => store::clear_all(tx, &realm.id, user).await,
    }
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
        if stored.empty_at(self).is_none() {
            return Ok(());
        }
        if self.is_of_passwords() {
            users::set_locked(tx, &self.realm_id, &self.subject, None).await?;
        }
        store::clear(tx, self).await
    }
}

/// Removes up to a batch of counts that are empty, and sets those right that were written while a clock was ahead. Returns
/// whether there may be more.
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
