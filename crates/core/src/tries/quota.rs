//! Capacity and drain rate of a bucket: the generic cell rate algorithm.
//!
//! A bucket is one number, the time at which it will be empty, so a database row needs only one number, too.

use crate::error::Error;

/// Slots of a bucket. All return one after the other in the time that a full bucket takes to empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    full_ms: i64,
    burst: u32,
}

impl Quota {
    /// Allows `burst` slots at once, and all of them again after `minutes`.
    pub(crate) fn new(burst: u32, minutes: u32) -> Self {
        Self { full_ms: i64::from(minutes.max(1)) * 60_000, burst: burst.max(1) }
    }

    /// Returns a quota with `factor` times the slots in an equal time.
    pub(crate) fn times(self, factor: u32) -> Self {
        Self { burst: self.burst.saturating_mul(factor), ..self }
    }

    /// Returns the milliseconds that a full bucket takes to empty.
    pub(crate) fn full_ms(self) -> i64 {
        self.full_ms
    }

    /// Returns the slots of an empty bucket.
    pub(crate) fn burst(self) -> u32 {
        self.burst
    }

    /// Returns the milliseconds until one slot returns.
    pub(crate) fn slot_ms(self) -> i64 {
        (self.full_ms / i64::from(self.burst)).max(1)
    }

    /// Returns until when a bucket that is empty at `empty_at` refuses; `None` if it has a slot now.
    pub(crate) fn refuses_until(self, empty_at: i64, now_ms: i64) -> Option<i64> {
        let until = self.bounded(empty_at, now_ms) + self.slot_ms() - self.full_ms;
        (until > now_ms).then_some(until)
    }

    /// Takes a slot.
    ///
    /// # Errors
    /// [`Error::Limited`] if none is left, with the time until one is.
    pub(crate) fn take(self, empty_at: &mut i64, now_ms: i64) -> Result<(), Error> {
        *empty_at = self.bounded(*empty_at, now_ms);
        if let Some(until) = self.refuses_until(*empty_at, now_ms) {
            return Err(limited(until, now_ms));
        }
        *empty_at = (*empty_at).max(now_ms) + self.slot_ms();
        Ok(())
    }

    /// Caps the time at a full bucket: a later one was written while the clock was ahead.
    pub(crate) fn bounded(self, empty_at: i64, now_ms: i64) -> i64 {
        empty_at.min(now_ms + self.full_ms)
    }
}

/// Returns the error of a bucket that refuses until `until_ms`.
pub(crate) fn limited(until_ms: i64, now_ms: i64) -> Error {
    let wait_ms = (until_ms - now_ms).max(1);
    Error::Limited { retry_after: u64::try_from(wait_ms).unwrap_or(1).div_ceil(1000) }
}
