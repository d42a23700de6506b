//! What came of an attempt, and when the next one is.

use gantry_crypto::Random;

/// About this long after the first attempt, a notification is given up.
pub(super) const PATIENCE_MS: i64 = 48 * 60 * 60 * 1000;

/// The longest wait between two attempts.
const LONGEST_WAIT_MS: i64 = 12 * 60 * 60 * 1000;

/// One finished attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Which notification.
    pub id: String,
    /// `rl_…`
    pub realm_id: String,
    /// `hk_…`
    pub app_hook_id: String,
    /// Its lane.
    pub lane: String,
    /// Which of its attempts; a later one may have begun meanwhile.
    pub number: i64,
    /// When its first attempt was allowed, in epoch milliseconds.
    pub ready_at: i64,
    /// Address without secrets.
    pub destination: Option<String>,
    /// One line for people.
    pub result: String,
    /// How it ended.
    pub outcome: Outcome,
}

impl Attempt {
    /// Whether the same is to be written down of both.
    pub(super) fn ended_like(&self, other: &Self) -> bool {
        fn told(attempt: &Attempt) -> (&str, Option<&str>, &str) {
            (&attempt.realm_id, attempt.destination.as_deref(), &attempt.result)
        }
        told(self) == told(other)
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Delivered.
    Delivered,
    /// Not now; tried again.
    Refused,
    /// Never; not tried again.
    Impossible,
    /// It should not go out any more.
    Canceled,
}

/// When failed attempts are repeated.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// The wait after the first failure, in milliseconds. Each later one is three times as long, up to half a day, for
    /// two days in all.
    pub first_ms: i64,
    /// After this long an attempt of which nothing was heard counts as lost, in milliseconds.
    pub lease_ms: i64,
}

impl Retries {
    /// When to try again after the failed attempt of this number (from 1); `None`: not any more. Spread by a fifth, so
    /// that what failed together does not come back together.
    pub(super) fn next(self, now_ms: i64, ready_at: i64, number: i64, random: &Random) -> Option<i64> {
        let exponent = u32::try_from(number.clamp(1, 30) - 1).unwrap_or_default();
        let wait = self.first_ms.saturating_mul(3_i64.saturating_pow(exponent)).min(LONGEST_WAIT_MS);
        let next = now_ms + wait + wait / 5 * spread(random) / i64::from(u8::MAX);
        (next - ready_at <= PATIENCE_MS).then_some(next)
    }
}

/// 0 to 255.
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
