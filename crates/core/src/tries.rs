//! The limiter of password tries and signups: in memory, bounded, without a clock of its own.
//!
//! Each bucket empties over some minutes and holds a burst (GCRA). A slot is taken before a password is hashed and given
//! back after a success, so tries in parallel pass no more than the burst. Names and addresses are kept as hashes under
//! a seed of this process; beyond the capacity the least used bucket is forgotten.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quick_cache::sync::Cache;

use crate::error::{Error, Result};

/// Buckets kept; some 10 MB when all are in use.
const CAPACITY: usize = 100_000;

/// How many tries are allowed at once, and how soon they come back.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Failed logins per user.
    pub per_user: u32,
    /// Failed logins per address.
    pub per_address: u32,
    /// Signups per address.
    pub signups_per_address: u32,
    /// Minutes until a full bucket is empty again.
    pub minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { per_user: 10, per_address: 50, signups_per_address: 20, minutes: 10 }
    }
}

/// The buckets of all users and addresses.
pub struct Tries {
    settings: Settings,
    seed: RandomState,
    /// For each bucket when it will be empty, in epoch milliseconds.
    buckets: Cache<u64, Arc<AtomicI64>>,
}

impl Tries {
    /// Empty buckets.
    pub fn new(settings: Settings) -> Self {
        Self { settings, seed: RandomState::new(), buckets: Cache::new(CAPACITY) }
    }

    /// Takes a slot for a login try, of the user and of the address it comes from.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next try can pass.
    pub fn check(&self, now_ms: i64, realm: &str, user: &str, address: Option<&str>) -> Result<()> {
        let bucket = self.bucket(("user", realm, user));
        self.take(&bucket, now_ms, self.settings.per_user)?;
        let Some(address) = address else { return Ok(()) };
        let refused = self.take(&self.bucket(("address", "", &network(address))), now_ms, self.settings.per_address);
        if refused.is_err() {
            self.give_back(&bucket, self.settings.per_user);
        }
        refused
    }

    /// The try was right: the user's bucket empties, the address has its slot back.
    pub fn succeeded(&self, realm: &str, user: &str, address: Option<&str>) {
        self.bucket(("user", realm, user)).store(0, Ordering::Release);
        if let Some(address) = address {
            self.give_back(&self.bucket(("address", "", &network(address))), self.settings.per_address);
        }
    }

    /// Takes a slot for a signup from this address.
    ///
    /// # Errors
    /// [`Error::Limited`] with the time until the next one can pass.
    pub fn signup(&self, now_ms: i64, address: Option<&str>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        self.take(&self.bucket(("signup", "", &network(address))), now_ms, self.settings.signups_per_address)
    }

    fn bucket(&self, key: (&str, &str, &str)) -> Arc<AtomicI64> {
        let hash = self.seed.hash_one(key);
        let made = self.buckets.get_or_insert_with(&hash, || Ok::<_, std::convert::Infallible>(Arc::default()));
        made.unwrap_or_else(|never| match never {})
    }

    /// How much one slot fills a bucket, in milliseconds.
    fn slot(&self, burst: u32) -> i64 {
        i64::from(self.settings.minutes.max(1)) * 60_000 / i64::from(burst.max(1))
    }

    fn take(&self, bucket: &AtomicI64, now_ms: i64, burst: u32) -> Result<()> {
        let (slot, full) = (self.slot(burst), i64::from(self.settings.minutes.max(1)) * 60_000);
        let filled = bucket.fetch_update(Ordering::AcqRel, Ordering::Acquire, |empty_at| {
            let empty_at = empty_at.max(now_ms) + slot;
            (empty_at - now_ms <= full).then_some(empty_at)
        });
        filled.map(|_| ()).map_err(|empty_at| {
            let wait_ms = (empty_at + slot - full - now_ms).max(1);
            Error::Limited { retry_after: u64::try_from(wait_ms).unwrap_or(1).div_ceil(1000) }
        })
    }

    fn give_back(&self, bucket: &AtomicI64, burst: u32) {
        bucket.fetch_sub(self.slot(burst), Ordering::AcqRel);
    }
}

/// Whom an address belongs to: an IPv6 subscriber has a whole /64.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).to_string(),
        Ok(v4) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}
