//! Decides which pooled connections may be reused: those that are young, recently used, and opened after the last
//! missed deadline.
//!
//! A connection whose server or network path has died looks like any other until it is used. When one misses its
//! deadline, the others were opened to the same server and are most likely dead as well, so none of them is reused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{Metrics, Object};

/// Longest time that a connection may be idle in the pool.
const IDLE: Duration = Duration::from_mins(5);

/// Longest lifetime of a connection. A server that was replaced under its host name is abandoned within this time.
const LIFE: Duration = Duration::from_mins(30);

/// Reuse policy for the connections of one pool.
pub(super) struct Trust {
    opened: Instant,
    /// Nanoseconds after `opened`: connections opened before this moment are not reused.
    since: AtomicU64,
}

impl Trust {
    pub(super) fn new() -> Self {
        Self { opened: Instant::now(), since: AtomicU64::new(0) }
    }

    /// Returns whether a connection with these metrics may be reused.
    pub(super) fn keeps(&self, metrics: &Metrics) -> bool {
        self.keeps_at(metrics.created, metrics.last_used(), Instant::now())
    }

    fn keeps_at(&self, created: Instant, idle: Duration, now: Instant) -> bool {
        self.is_trusted(created) && idle < IDLE && now.duration_since(created) < LIFE
    }

    /// Returns whether no deadline was missed since a connection was opened.
    fn is_trusted(&self, created: Instant) -> bool {
        self.nanos(created) >= self.since.load(Ordering::Acquire)
    }

    /// Discards every idle connection after this one has failed. If it was opened before the last such failure, nothing
    /// is discarded: connections opened since then are not affected.
    pub(super) fn lose(&self, failed: &Object) {
        if !self.revoke(Object::metrics(failed).created, Instant::now()) {
            return;
        }
        let Some(pool) = Object::pool(failed) else { return };
        let discarded = pool.retain(|_, metrics| self.keeps(&metrics)).removed.len();
        tracing::warn!(discarded, "connections to PostgreSQL are discarded and opened anew");
    }

    /// Revokes trust in all connections opened before `now`. Returns `false` if the failed one was already untrusted.
    fn revoke(&self, failed: Instant, now: Instant) -> bool {
        let is_news = self.is_trusted(failed);
        if is_news {
            self.since.fetch_max(self.nanos(now), Ordering::AcqRel);
        }
        is_news
    }

    fn nanos(&self, instant: Instant) -> u64 {
        u64::try_from(instant.duration_since(self.opened).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_discards_what_was_opened_before_it_and_nothing_else() {
        let trust = Trust::new();
        let at = |seconds| trust.opened + Duration::from_secs(seconds);
        let keeps = |created, now| trust.keeps_at(at(created), Duration::ZERO, at(now));
        assert!(keeps(1, 10) && keeps(9, 10));
        assert!(trust.revoke(at(1), at(10)), "the first failure");
        assert!(!keeps(1, 10) && !keeps(9, 10));
        assert!(keeps(11, 12));
        assert!(!trust.revoke(at(9), at(20)), "another one of before says nothing of those opened since");
        assert!(keeps(11, 21));
        assert!(trust.revoke(at(11), at(22)));
        assert!(!keeps(11, 22));
    }

    #[test]
    fn idle_time_and_life_are_limited() {
        let trust = Trust::new();
        let keeps = |idle, life| trust.keeps_at(trust.opened, idle, trust.opened + life);
        let just_before = |limit: Duration| limit.saturating_sub(Duration::from_millis(1));
        assert!(keeps(just_before(IDLE), just_before(LIFE)));
        assert!(!keeps(IDLE, IDLE));
        assert!(!keeps(Duration::ZERO, LIFE));
    }
}
