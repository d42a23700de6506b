//! Outcome of an attempt, and the time of the next one.

use gantry_crypto::Random;

/// Milliseconds after the first attempt at which a notification is given up, approximately.
pub(super) const PATIENCE_MS: i64 = 48 * 60 * 60 * 1000;

/// Maximum wait between two attempts, in milliseconds.
const LONGEST_WAIT_MS: i64 = 12 * 60 * 60 * 1000;

/// A finished attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Id of the notification, `ent_…`.
    pub id: String,
    /// `rl_…`
    pub realm_id: String,
    /// `hk_…`
    pub app_hook_id: String,
    /// Lane of the notification.
    pub lane: String,
    /// Number of the attempt, from 1; a later one may have begun meanwhile.
    pub number: i64,
    /// Earliest time of the first attempt, in epoch milliseconds.
    pub ready_at: i64,
    /// Destination address without secrets.
    pub destination: Option<String>,
    /// Result as one line of text for display.
    pub result: String,
    /// Outcome, which decides about a retry.
    pub outcome: Outcome,
}

impl Attempt {
    /// Returns whether one statement can record both: they have the same realm, destination and result.
    pub(super) fn ended_like(&self, other: &Self) -> bool {
        fn told(attempt: &Attempt) -> (&str, Option<&str>, &str) {
            (&attempt.realm_id, attempt.destination.as_deref(), &attempt.result)
        }
        told(self) == told(other)
    }
}

/// Outcome of a delivery attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver accepted it.
    Delivered,
    /// Failed for now; retried.
    Refused,
    /// Failed permanently; not retried.
    Impossible,
    /// Must not be sent any more.
    Canceled,
}

/// Retry policy of failed attempts.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// Backoff after the first failure, in milliseconds. Each later one is three times as long, up to 12 hours, for 48
    /// hours in all.
    pub first_ms: i64,
    /// Lease of an attempt, in milliseconds: without a result by then, it counts as lost.
    pub lease_ms: i64,
}

impl Retries {
    /// Returns the time of the retry after failed attempt `number` (from 1), or `None` to give up. Adds up to 20 %
    /// jitter, so that notifications that failed together are not retried together.
    pub(super) fn next(self, now_ms: i64, ready_at: i64, number: i64, random: &Random) -> Option<i64> {
        let exponent = u32::try_from(number.clamp(1, 30) - 1).unwrap_or_default();
        let wait = self.first_ms.saturating_mul(3_i64.saturating_pow(exponent)).min(LONGEST_WAIT_MS);
        let next = now_ms + wait + wait / 5 * spread(random) / i64::from(u8::MAX);
        (next - ready_at <= PATIENCE_MS).then_some(next)
    }
}

/// Returns a random number from 0 to 255.
fn spread(random: &Random) -> i64 {
    let mut byte = [0];
    random.fill(&mut byte);
    i64::from(byte[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_for_about_two_days() {
        let retries = Retries { first_ms: 10_000, lease_ms: 0 };
        let (random, ready) = (Random::seeded(1), 1_000_000);
        let (mut now, mut number, mut waits) = (ready, 1, Vec::new());
        while let Some(next) = retries.next(now, ready, number, &random) {
            waits.push(next - now);
            (now, number) = (next, number + 1);
        }
        assert!(waits[0] >= 10_000 && waits[0] <= 12_000, "{waits:?}");
        assert!(waits.windows(2).all(|pair| pair[1] > pair[0] || pair[0] >= LONGEST_WAIT_MS), "{waits:?}");
        let hours = (now - ready) / 3_600_000;
        assert!((36..=48).contains(&hours), "{hours} hours, {} attempts", waits.len() + 1);
        assert!((10..=16).contains(&waits.len()), "{waits:?}");
    }

    #[test]
    fn late_numbers_do_not_overflow() {
        let retries = Retries { first_ms: i64::MAX / 4, lease_ms: 0 };
        assert!(retries.next(0, 0, i64::MAX, &Random::seeded(1)).is_some());
    }
}
