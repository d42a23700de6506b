//! In-memory rate limits: by address with its wider networks, and by any other key.

use std::hash::Hash;

use super::buckets::{Buckets, EmptyAt, Kept};
use super::networks::{COARSE, Networks};
use super::quota::Quota;
use crate::error::Result;

/// Addresses that one limit counts separately; some 2 MB when all are in use.
const ADDRESSES: usize = 50_000;
/// Wider networks that one limit counts separately.
const WIDER: usize = 25_000;
/// Other keys that one limit counts separately.
const KEYS: usize = 50_000;

/// Rate limit of each address, with larger ones for the networks around it.
pub(super) struct AddressLimit {
    quota: Quota,
    own: Buckets<EmptyAt>,
    wider: Buckets<EmptyAt>,
}

/// Slots that one attempt took, so that they can be returned.
#[derive(Debug, Default)]
pub(super) struct AddressSlots(Vec<(Level, Kept, Quota)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Own,
    Wider,
}

impl AddressLimit {
    pub(super) fn new(quota: Quota) -> Self {
        let buckets = |capacity| Buckets::new(capacity, quota.full_ms());
        Self { quota, own: buckets(ADDRESSES), wider: buckets(WIDER) }
    }

    /// Takes a slot of each of the address's networks, or none. The widest is checked first: once it refuses, its
    /// addresses create no buckets.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited)
    pub(super) fn take(&self, now_ms: i64, address: &str) -> Result<AddressSlots> {
        let networks = Networks::of(address);
        let mut slots = AddressSlots::default();
        for (network, factor) in networks.inwards() {
            let level = if network == networks.own { Level::Own } else { Level::Wider };
            let quota_of = |kept| self.quota.times(if matches!(kept, Kept::Own(_)) { factor } else { COARSE });
            let take = |bucket: &mut EmptyAt, kept| quota_of(kept).take(&mut bucket.0, now_ms);
            let (taken, kept) = self.buckets(level).update(network, networks.coarse, now_ms, take);
            if let Err(refused) = taken {
                self.give_back(&slots);
                return Err(refused);
            }
            slots.0.push((level, kept, quota_of(kept)));
        }
        Ok(slots)
    }

    pub(super) fn give_back(&self, slots: &AddressSlots) {
        for (level, kept, quota) in &slots.0 {
            self.buckets(*level).amend(*kept, |bucket| bucket.0 -= quota.slot_ms());
        }
    }

    fn buckets(&self, level: Level) -> &Buckets<EmptyAt> {
        match level {
            Level::Own => &self.own,
            Level::Wider => &self.wider,
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.own.len() + self.wider.len()
    }
}

/// Rate limit of each key. Keys beyond the capacity share buckets.
pub(super) struct KeyLimit {
    quota: Quota,
    buckets: Buckets<EmptyAt>,
}

/// Slot that one attempt took.
#[derive(Debug)]
pub(super) struct KeySlot(Kept);

impl KeyLimit {
    pub(super) fn new(quota: Quota) -> Self {
        Self { quota, buckets: Buckets::new(KEYS, quota.full_ms()) }
    }

    pub(super) fn take(&self, now_ms: i64, key: impl Hash + Copy) -> Result<KeySlot> {
        let (taken, kept) = self.buckets.update(key, key, now_ms, |bucket, _| self.quota.take(&mut bucket.0, now_ms));
        taken.map(|()| KeySlot(kept))
    }

    pub(super) fn give_back(&self, slot: &KeySlot) {
        self.buckets.amend(slot.0, |bucket| bucket.0 -= self.quota.slot_ms());
    }
}
