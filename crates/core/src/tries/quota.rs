//! How much a bucket holds and how fast it empties: the generic cell rate algorithm.
//!
//! A bucket is one number, the time at which it will be empty, so that a row of a database is one as well.

use crate::error::Error;

/// How many slots a bucket has. All of them come back, one after the other, in the time that a full one takes to empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    full_ms: i64,
    burst: u32,
}

impl Quota {
    /// `burst` slots at once, and all of them again after so many minutes.
    pub(crate) fn new(burst: u32, minutes: u32) -> Self {
        Self { full_ms: i64::from(minutes.max(1)) * 60_000, burst: burst.max(1) }
    }

    /// The same time with so many times the slots.
    pub(crate) fn times(self, factor: u32) -> Self {
        Self { burst: self.burst.saturating_mul(factor), ..self }
    }

    /// Milliseconds that a full bucket takes to empty.
    pub(crate) fn full_ms(self) -> i64 {
        self.full_ms
    }

    /// Slots of an empty bucket.
    pub(crate) fn burst(self) -> u32 {
        self.burst
    }

    /// Milliseconds that one slot takes to come back.
    pub(crate) fn slot_ms(self) -> i64 {
        (self.full_ms / i64::from(self.burst)).max(1)
    }

    /// Until when a bucket that is empty at `empty_at` refuses; none if it has a slot now.
    pub(crate) fn refuses_until(self, empty_at: i64, now_ms: i64) -> Option<i64> {
        let until = self.bounded(empty_at, now_ms) + self.slot_ms() - self.full_ms;
        (until > now_ms).then_some(until)
    }

    /// Takes a slot.
    ///
    /// # Errors
    /// [`Error::Limited`] where none is left, with the time until one is.
    pub(crate) fn take(self, empty_at: &mut i64, now_ms: i64) -> Result<(), Error> {
        *empty_at = self.bounded(*empty_at, now_ms);
        if let Some(until) = self.refuses_until(*empty_at, now_ms) {
            return Err(limited(until, now_ms));
        }
        *empty_at = (*empty_at).max(now_ms) + self.slot_ms();
        Ok(())
    }

    /// No bucket is fuller than full: a later time was written while the clock was ahead.
    pub(crate) fn bounded(self, empty_at: i64, now_ms: i64) -> i64 {
        empty_at.min(now_ms + self.full_ms)
    }
}

/// The error of a bucket that refuses until then.
pub(crate) fn limited(until_ms: i64, now_ms: i64) -> Error {
    let wait_ms = (until_ms - now_ms).max(1);
    Error::Limited { retry_after: u64::try_from(wait_ms).unwrap_or(1).div_ceil(1000) }
}
