//! First check of password attempts per user: what this process knows without a database query.
//!
//! The database decides (see [`failed_attempts`](crate::failed_attempts)). This module remembers which users the
//! database refuses at the moment, so that a flood of attempts for one of them is no longer hashed. It also counts the
//! passwords in flight per user, so that parallel attempts do not exceed the user's quota.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::buckets::{Buckets, EmptyAt};
use super::quota::{Quota, limited};
use crate::error::{Error, Result};

/// Maximum number of remembered refusals. Beyond it, an attempt costs one more hash.
const CAPACITY: usize = 100_000;

/// Attempts of all users, in this process.
pub(crate) struct Attempts {
    /// Attempts that a user may have.
    pub(crate) quota: Quota,
    /// Time until which each key is refused.
    refusing: Buckets<EmptyAt>,
    seed: RandomState,
    running: Arc<Mutex<HashMap<u64, u32>>>,
}

/// Attempt in flight. Dropping the value ends it.
pub(crate) struct RunningAttempt {
    key: u64,
    running: Arc<Mutex<HashMap<u64, u32>>>,
}

impl Attempts {
    pub(super) fn new(quota: Quota) -> Self {
        let refusing = Buckets::new(CAPACITY, quota.full_ms());
        Self { quota, refusing, seed: RandomState::new(), running: Arc::default() }
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// [`Error::Limited`] while as many attempts are in flight as the quota allows.
    pub(crate) fn begin(&self, key: impl Hash) -> Result<RunningAttempt> {
        let key = self.seed.hash_one(key);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(key).or_default();
        if *count >= self.quota.burst() {
            return Err(Error::Limited { retry_after: 1 });
        }
        *count += 1;
        Ok(RunningAttempt { key, running: Arc::clone(&self.running) })
    }

    /// Refuses an attempt that the database is known to refuse.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next attempt can pass.
    pub(crate) fn pass(&self, key: impl Hash, now_ms: i64) -> Result<()> {
        match self.refusing.get(key) {
            // No refusal lasts longer than a full bucket takes to empty; a later time was set while the clock was
            // ahead.
            Some(EmptyAt(until)) if until > now_ms && until <= now_ms + self.quota.full_ms() => {
                Err(limited(until, now_ms))
            }
            _ => Ok(()),
        }
    }

    /// Remembers until when the database refuses.
    pub(crate) fn refuse(&self, key: impl Hash, now_ms: i64, until_ms: i64) {
        self.refusing.put(key, now_ms, EmptyAt(until_ms));
    }

    /// Forgets that the database refused.
    pub(crate) fn admit(&self, key: impl Hash) {
        self.refusing.remove(key);
    }
}

impl Drop for RunningAttempt {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.key);
            }
        }
    }
}
