//! Bounded in-memory buckets by key. A bucket that still counts something is never dropped.
//!
//! Once the memory is full of such buckets, a new key counts on one of the shared buckets, which are chosen by a
//! coarser key. An attacker who fills the memory thus gains nothing and removes no counts of other keys.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 16;
/// Shared buckets of one shard.
const SHARED: usize = 256;
/// Minimum interval between searches of a full shard for expired buckets.
const SWEEP_EVERY_MS: i64 = 1000;

/// Value of a bucket.
pub trait Timed: Copy + Default {
    /// Returns when the bucket will be empty, in epoch milliseconds.
    fn ends_at_ms(&self) -> i64;
}

/// Bucket that consists only of the time when it is empty, in epoch milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EmptyAt(pub(crate) i64);

impl Timed for EmptyAt {
    fn ends_at_ms(&self) -> i64 {
        self.0
    }
}

/// Bucket in which a count is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the key's own bucket.
    Own(u64),
    /// In a bucket shared with other keys, because the memory is full.
    Shared(u64),
}

/// Buckets of one kind.
pub struct Buckets<V> {
    seed: RandomState,
    shards: Vec<Mutex<Shard<V>>>,
    /// Maximum number of own buckets of each shard.
    room: usize,
    /// Maximum time until a bucket ends. One that ends later was created while the clock was ahead.
    longest_ms: i64,
}

struct Shard<V> {
    own: HashMap<u64, V, BuildHasherDefault<HashedAlready>>,
    shared: Vec<V>,
    swept_at: i64,
}

/// Uses map keys unchanged, because they are hashes under a secret seed.
#[derive(Default)]
struct HashedAlready(u64);

impl Hasher for HashedAlready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl<V: Timed> Buckets<V> {
    /// Creates room for `capacity` keys, whose buckets end within `longest_ms`.
    pub fn new(capacity: usize, longest_ms: i64) -> Self {
        let shard = || Mutex::new(Shard { own: HashMap::default(), shared: vec![V::default(); SHARED], swept_at: 0 });
        let shards = (0..SHARDS).map(|_| shard()).collect();
        Self { seed: RandomState::new(), shards, room: capacity.div_ceil(SHARDS), longest_ms }
    }

    /// Changes the key's bucket, or the shared one of `coarse` if there is no room. Returns the result of `change` and
    /// where the count is kept.
    pub fn update<R>(
        &self,
        key: impl Hash,
        coarse: impl Hash,
        now_ms: i64,
        change: impl FnOnce(&mut V, Kept) -> R,
    ) -> (R, Kept) {
        let hash = self.seed.hash_one(key);
        let mut shard = self.shard(hash);
        if shard.has_room_for(hash, now_ms, self) {
            let kept = Kept::Own(hash);
            return (change(shard.own.entry(hash).or_default(), kept), kept);
        }
        drop(shard);
        let hash = self.seed.hash_one(coarse);
        let kept = Kept::Shared(hash);
        (change(&mut self.shard(hash).shared[shared_at(hash)], kept), kept)
    }

    /// Changes what [`update`](Self::update) counted, if the bucket still exists.
    pub(crate) fn amend(&self, kept: Kept, change: impl FnOnce(&mut V)) {
        match kept {
            Kept::Own(hash) => {
                if let Some(value) = self.shard(hash).own.get_mut(&hash) {
                    change(value);
                }
            }
            Kept::Shared(hash) => change(&mut self.shard(hash).shared[shared_at(hash)]),
        }
    }

    /// Returns the key's own bucket, if it exists.
    pub(crate) fn get(&self, key: impl Hash) -> Option<V> {
        let hash = self.seed.hash_one(key);
        self.shard(hash).own.get(&hash).copied()
    }

    /// Sets the key's own bucket, if there is room.
    pub(crate) fn put(&self, key: impl Hash, now_ms: i64, value: V) {
        let hash = self.seed.hash_one(key);
        let mut shard = self.shard(hash);
        if shard.has_room_for(hash, now_ms, self) {
            shard.own.insert(hash, value);
        }
    }

    /// Drops the key's own bucket.
    pub(crate) fn remove(&self, key: impl Hash) {
        let hash = self.seed.hash_one(key);
        self.shard(hash).own.remove(&hash);
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard<V>> {
        // Uses other bits than those by which a map finds its keys.
        let at = usize::try_from((hash >> 48) % SHARDS as u64).unwrap_or(0);
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Buckets in memory, without the shared ones.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().expect("no panic").own.len()).sum()
    }
}

impl<V: Timed> Shard<V> {
    fn has_room_for(&mut self, hash: u64, now_ms: i64, all: &Buckets<V>) -> bool {
        if self.own.len() < all.room || self.own.contains_key(&hash) {
            return true;
        }
        // If the clock was set back, `swept_at` lies in the future.
        if (now_ms - self.swept_at).abs() >= SWEEP_EVERY_MS {
            self.swept_at = now_ms;
            self.own.retain(|_, value| (now_ms + 1..=now_ms + all.longest_ms).contains(&value.ends_at_ms()));
        }
        self.own.len() < all.room
    }
}

fn shared_at(hash: u64) -> usize {
    usize::try_from(hash / SHARDS as u64 % SHARED as u64).unwrap_or(0)
}
