//! Injectable clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// Source of the current time in epoch milliseconds. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Returns the system clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Returns a clock that stands still until it is [advanced](Self::advance).
    pub fn set_to(now_ms: i64) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(now_ms))))
    }

    /// Returns the current time in epoch milliseconds.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System => SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Source::Set(now) => now.load(Ordering::Acquire),
        }
    }

    /// Advances a set clock. Has no effect on the system clock.
    pub fn advance(&self, milliseconds: i64) {
        if let Source::Set(now) = &self.0 {
            now.fetch_add(milliseconds, Ordering::AcqRel);
        }
    }
}
