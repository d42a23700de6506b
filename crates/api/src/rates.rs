//! How often a server may call: counted per API key and minute, and told on every answer.
//!
//! Counts are kept in memory and bounded: keys are counted once they are proven, and of addresses that send wrong keys
//! the least used is forgotten. A minute begins with the first call of a key, so that a client's bursts do not meet.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use gantry_core::tries::network;
use quick_cache::sync::Cache;

/// Callers remembered; some 5 MB when all are in use.
const CAPACITY: usize = 50_000;
const MINUTE: u64 = 60;
/// A window's low bits count its calls, its high bits are the second in which it began.
const COUNT_BITS: u32 = 24;
const MOST_COUNTED: u64 = (1 << COUNT_BITS) - 1;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// How many calls a minute are let through; 0: all.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Of a key that has no number of its own.
    pub per_key: u32,
    /// Without a right key, of one address.
    pub wrong_keys_per_address: u32,
}

/// Everybody's calls in their present minute.
pub struct Rates {
    settings: Settings,
    seed: RandomState,
    windows: Cache<u64, Arc<AtomicU64>>,
}

/// Where a caller stands after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Calls a minute.
    pub limit: u64,
    /// Calls that are left until `reset`.
    pub remaining: u64,
    /// Epoch seconds.
    pub reset: u64,
    /// This call was one too many.
    pub exceeded: bool,
}

/// Put into each request's extensions; says where its caller stands once that is known.
pub type Told = Arc<OnceLock<Standing>>;

impl Rates {
    /// Nobody has called yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, seed: RandomState::new(), windows: Cache::new(CAPACITY) }
    }

    /// Counts a call with this proven key; `None` where it is not limited.
    pub fn call(&self, now_ms: i64, key: &str, own_limit: Option<i64>) -> Option<Standing> {
        let limit = own_limit.and_then(|own| u64::try_from(own).ok());
        self.count(now_ms, ("key", key), limit.unwrap_or(u64::from(self.settings.per_key)))
    }

    /// Counts a call from this address whose key was missing or wrong.
    pub fn wrong_key(&self, now_ms: i64, address: IpAddr) -> Option<Standing> {
        let network = network(&address.to_string());
        self.count(now_ms, ("address", &network), u64::from(self.settings.wrong_keys_per_address))
    }

    fn count(&self, now_ms: i64, caller: (&str, &str), limit: u64) -> Option<Standing> {
        if limit == 0 {
            return None;
        }
        let limit = limit.min(MOST_COUNTED - 1);
        let hash = self.seed.hash_one(caller);
        let window = self.windows.get_or_insert_with(&hash, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let window = window.unwrap_or_else(|never| match never {});
        let now = u64::try_from(now_ms / 1000).unwrap_or(0);
        let counted = |window: u64| {
            let (begun, calls) = (window >> COUNT_BITS, window & MOST_COUNTED);
            if now >= begun + MINUTE || calls == 0 { (now, 1) } else { (begun, (calls + 1).min(MOST_COUNTED)) }
        };
        let next = |window: u64| {
            let (begun, calls) = counted(window);
            Some(begun << COUNT_BITS | calls)
        };
        let before = window.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).unwrap_or_else(|same| same);
        let (begun, calls) = counted(before);
        let (remaining, reset) = (limit.saturating_sub(calls), begun + MINUTE);
        Some(Standing { limit, remaining, reset, exceeded: calls > limit })
    }
}

impl Standing {
    /// Seconds until the next call can pass.
    pub fn retry_after(&self, now_ms: i64) -> u64 {
        self.reset.saturating_sub(u64::try_from(now_ms / 1000).unwrap_or(0)).max(1)
    }

    /// Tells it on an answer.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
    }
}

/// Tells when the next try can pass where something else than a count of calls refused, such as too many passwords.
pub fn write_reset(headers: &mut HeaderMap, now_ms: i64, retry_after: u64) {
    headers.insert(REMAINING, HeaderValue::from(0));
    headers.insert(RESET, HeaderValue::from(u64::try_from(now_ms / 1000).unwrap_or(0) + retry_after));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_767_225_600_000;

    fn rates(per_key: u32) -> Rates {
        Rates::new(Settings { per_key, wrong_keys_per_address: 2 })
    }

    #[test]
    fn a_key_has_its_calls_each_minute() {
        let rates = rates(3);
        let remaining: Vec<_> = (0..4).map(|_| rates.call(NOW_MS, "ko_1", None).expect("limited")).collect();
        assert_eq!(remaining.iter().map(|one| one.remaining).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert_eq!(remaining.iter().map(|one| one.exceeded).collect::<Vec<_>>(), [false, false, false, true]);
        assert!(remaining.iter().all(|one| (one.limit, one.reset) == (3, 1_767_225_660)));
        assert_eq!(remaining[3].retry_after(NOW_MS + 20_000), 40);
        assert!(!rates.call(NOW_MS, "ko_2", None).expect("limited").exceeded, "another key has its own");
        assert!(rates.call(NOW_MS + 59_999, "ko_1", None).expect("limited").exceeded);
        assert_eq!(rates.call(NOW_MS + 60_000, "ko_1", None).expect("limited").remaining, 2);
    }

    #[test]
    fn a_key_may_have_a_number_of_its_own_or_none() {
        let rates = rates(3);
        assert_eq!(rates.call(NOW_MS, "ko_1", Some(10)).expect("limited").remaining, 9);
        assert_eq!(rates.call(NOW_MS, "ko_2", Some(0)), None);
        assert_eq!(self::rates(0).call(NOW_MS, "ko_1", None), None);
    }

    #[test]
    fn wrong_keys_are_counted_by_network() {
        let rates = rates(3);
        let exceeded = |address: &str| {
            let address = address.parse().expect("an address");
            rates.wrong_key(NOW_MS, address).expect("limited").exceeded
        };
        assert!(!exceeded("2001:db8::1") && !exceeded("2001:db8::2") && exceeded("2001:db8::3"));
        assert!(!exceeded("192.0.2.1") && !exceeded("::ffff:192.0.2.1") && exceeded("192.0.2.1"));
        assert!(!exceeded("192.0.2.2"));
    }

    #[test]
    fn parallel_calls_are_all_counted() {
        let rates = rates(1000);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..100).for_each(|_| assert!(rates.call(NOW_MS, "ko_1", None).is_some())));
            }
        });
        assert_eq!(rates.call(NOW_MS, "ko_1", None).expect("limited").remaining, 199);
    }
}
