//! Rate limits: calls are counted per API key and minute, and every response reports the state.
//!
//! Counts are kept in bounded memory, and none is forgotten within its minute. Those of authenticated keys are kept
//! apart from those of addresses that send wrong keys. A minute begins with the first call of a key, so that two bursts
//! of a client do not fall around a fixed boundary.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use gantry_core::tries::{Buckets, COARSE, Kept, Networks, Timed};

/// Number of keys, and of networks, that are counted separately; some 2 MB each when all are in use.
const CAPACITY: usize = 50_000;
const MINUTE: u64 = 60;
const MINUTE_MS: i64 = 60_000;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Allowed calls per minute; 0 for no limit.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Limit of an API key that has no limit of its own.
    pub per_key: u32,
    /// Limit of calls without a valid key, per IP address.
    pub wrong_keys_per_address: u32,
}

/// Calls of all keys and networks in their current minute.
pub struct Rates {
    settings: Settings,
    keys: Buckets<Window>,
    networks: Buckets<Window>,
}

/// Calls within one minute.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    /// Epoch seconds of the first call.
    begun: u64,
    calls: u64,
}

impl Timed for Window {
    fn ends_at_ms(&self) -> i64 {
        i64::try_from((self.begun + MINUTE) * 1000).unwrap_or(i64::MAX)
    }
}

impl Window {
    /// Counts a call. A minute that begins in the future was begun while the clock was ahead, and is replaced.
    fn count(&mut self, now: u64, limit: u64) -> Standing {
        if self.calls == 0 || !(self.begun..self.begun + MINUTE).contains(&now) {
            *self = Self { begun: now, calls: 0 };
        }
        self.calls = self.calls.saturating_add(1);
        let (remaining, reset) = (limit.saturating_sub(self.calls), self.begun + MINUTE);
        Standing { limit, remaining, reset, exceeded: self.calls > limit }
    }
}

/// Rate-limit state of a caller after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Allowed calls per minute.
    pub limit: u64,
    /// Remaining calls until `reset`.
    pub remaining: u64,
    /// End of the minute, in epoch seconds.
    pub reset: u64,
    /// Whether this call exceeds the limit.
    pub exceeded: bool,
}

/// Request extension that receives the caller's rate-limit state once it is known.
pub type Told = Arc<OnceLock<Standing>>;

impl Rates {
    /// Creates the limits without any counted calls.
    pub fn new(settings: Settings) -> Self {
        Self { settings, keys: Buckets::new(CAPACITY, MINUTE_MS), networks: Buckets::new(CAPACITY, MINUTE_MS) }
    }

    /// Counts a call with this authenticated key. Returns `None` if it is not limited.
    pub fn call(&self, now_ms: i64, key: &str, own_limit: Option<i64>) -> Option<Standing> {
        let limit = own_limit.and_then(|own| u64::try_from(own).ok()).unwrap_or(u64::from(self.settings.per_key));
        if limit == 0 {
            return None;
        }
        let now = seconds(now_ms);
        Some(self.keys.update(key, key, now_ms, |window, _| window.count(now, limit)).0)
    }

    /// Counts a call from this address whose key was missing or wrong, for each network around it, the widest first. If
    /// a wide network exceeds its limit, those within it are not counted and take no memory.
    pub fn wrong_key(&self, now_ms: i64, address: IpAddr) -> Option<Standing> {
        let limit = u64::from(self.settings.wrong_keys_per_address);
        if limit == 0 {
            return None;
        }
        let (now, networks) = (seconds(now_ms), Networks::of(&address.to_string()));
        let mut standing = None;
        for (network, factor) in networks.inwards() {
            let count = |window: &mut Window, kept| {
                let factor = if matches!(kept, Kept::Own(_)) { factor } else { COARSE };
                window.count(now, limit * u64::from(factor))
            };
            let counted = self.networks.update(network, networks.coarse, now_ms, count).0;
            standing = Some(counted);
            if counted.exceeded {
                break;
            }
        }
        standing
    }
}

fn seconds(now_ms: i64) -> u64 {
    u64::try_from(now_ms / 1000).unwrap_or(0)
}

impl Standing {
    /// Returns the seconds until the next call can pass.
    pub fn retry_after(&self, now_ms: i64) -> u64 {
        self.reset.saturating_sub(seconds(now_ms)).max(1)
    }

    /// Writes the rate-limit headers of a response.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
    }
}

/// Reports when the next attempt can pass, for a refusal by another limit than that of calls, such as that of
/// passwords.
pub fn write_reset(headers: &mut HeaderMap, now_ms: i64, retry_after: u64) {
    headers.insert(REMAINING, HeaderValue::from(0));
    headers.insert(RESET, HeaderValue::from(seconds(now_ms) + retry_after));
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

    /// Uses 131,072 addresses in as many networks, and 65,536 in one /48.
    #[test]
    fn strangers_with_wrong_keys_give_nobody_new_calls() {
        let rates = rates(3);
        let wrong = |rates: &Rates, address: &str| {
            rates.wrong_key(NOW_MS, address.parse().expect("an address")).expect("limited").exceeded
        };
        let of_site =
            |rates: &Rates| (0..65_536_u32).filter(|nth| !wrong(rates, &format!("2001:db8:1:{nth:x}::1"))).count();
        for _ in 0..4 {
            rates.call(NOW_MS, "ko_1", None);
            wrong(&rates, "192.0.2.1");
        }
        for nth in 0..131_072_u32 {
            wrong(&rates, &format!("2001:{:x}:{:x}::1", nth >> 16, nth & 0xffff));
        }
        assert!(rates.call(NOW_MS, "ko_1", None).expect("limited").exceeded);
        assert!(wrong(&rates, "192.0.2.1"));
        assert!(!rates.call(NOW_MS, "ko_2", None).expect("limited").exceeded);
        let few = of_site(&self::rates(3));
        assert!((2..=32).contains(&few), "{few}: a /48 has sixteen times the calls of an address");
        assert!(of_site(&rates) <= 512, "where the memory is full, its /32 has 256 times as many");
    }

    #[test]
    fn a_clock_that_was_ahead_stops_nobody() {
        let rates = rates(3);
        for _ in 0..10 {
            rates.call(NOW_MS + 86_400_000, "ko_1", None);
        }
        let standing = rates.call(NOW_MS, "ko_1", None).expect("limited");
        assert_eq!((standing.exceeded, standing.reset), (false, 1_767_225_660));
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
