//! Invalidation of caches that surfaces build from the configuration: realms, Connected Apps and auth providers.
//!
//! A change made by this process takes effect on commit. A change made by another process, such as a second server or a
//! command, takes effect within a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gantry_db::Tx;

use crate::events::EventType;

/// How long a cache entry is valid without reading the database again, in milliseconds.
const TRUSTED_MS: i64 = 1000;

/// Counter of the configuration changes that this process made.
#[derive(Debug, Default)]
pub struct Configuration {
    changes: AtomicU64,
}

/// Version of the configuration at one point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    changes: u64,
    at_ms: i64,
}

impl Configuration {
    /// Returns the current version. Must be called before the configuration is read.
    pub fn reading(&self, now_ms: i64) -> Reading {
        Reading { changes: self.changes.load(Ordering::Acquire), at_ms: now_ms }
    }

    /// Returns whether data that was read at version `then` is still valid.
    pub fn holds(&self, then: Reading, now_ms: i64) -> bool {
        then.changes == self.changes.load(Ordering::Acquire) && (0..TRUSTED_MS).contains(&(now_ms - then.at_ms))
    }

    /// Invalidates all earlier versions.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Invalidates all earlier versions once this transaction is committed, if its event is about the configuration.
    pub(crate) fn changes_with(self: &Arc<Self>, tx: &mut Tx, event_type: EventType) {
        if event_type.is_of_configuration() {
            let configuration = Arc::clone(self);
            tx.afterwards(move || configuration.changed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_holds_until_the_next_change_and_for_a_second() {
        let configuration = Configuration::default();
        let reading = configuration.reading(5_000);
        assert!(configuration.holds(reading, 5_000) && configuration.holds(reading, 5_999));
        assert!(!configuration.holds(reading, 6_000), "another process may have changed something");
        assert!(!configuration.holds(reading, 4_999), "the clock was set back");
        configuration.changed();
        assert!(!configuration.holds(reading, 5_000));
        assert!(configuration.holds(configuration.reading(5_000), 5_000));
    }
}
