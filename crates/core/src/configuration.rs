//! Whether what was read of the configuration - realms, Connected Apps, auth providers - still holds, for surfaces that
//! keep what they made of it.
//!
//! A change that this process made counts from its commit on. One that another made, a second server or a command, counts
//! within a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use gantry_db::Tx;

use crate::events::EventType;

/// How long nothing is asked of the database.
const TRUSTED_MS: i64 = 1000;

/// Counts the changes that this process makes.
#[derive(Debug, Default)]
pub struct Configuration {
    changes: AtomicU64,
}

/// The configuration at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    changes: u64,
    at_ms: i64,
}

impl Configuration {
    /// To be asked for before anything is read.
    pub fn reading(&self, now_ms: i64) -> Reading {
        Reading { changes: self.changes.load(Ordering::Acquire), at_ms: now_ms }
    }

    /// Whether what was read then may be used now.
    pub fn holds(&self, then: Reading, now_ms: i64) -> bool {
        then.changes == self.changes.load(Ordering::Acquire) && (0..TRUSTED_MS).contains(&(now_ms - then.at_ms))
    }

    /// Something has changed.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Something has changed as soon as this transaction is durable, if its event is of that kind.
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
