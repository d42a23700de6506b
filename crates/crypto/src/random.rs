//! The one source of random bytes: the operating system's, or a seeded one for tests.
//!
//! All randomness must come from here, so that a test with a seed sees identical ids and tokens in every run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};

/// Source of random bytes. Cheap to clone; clones of a seeded source share its position in the sequence.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded { seed: u64, calls: Arc<AtomicU64> },
}

impl Random {
    /// Uses the cryptographic generator of aws-lc, which the operating system seeds.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Creates a predictable source, for tests only: the n-th call to [`Random::fill`] always gives the same bytes.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, calls: Arc::new(AtomicU64::new(0)) })
    }

    /// Fills `bytes` with random bytes.
    ///
    /// # Panics
    /// If the operating system has no randomness: continuing would create guessable secrets.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes"),
            Source::Seeded { seed, calls } => fill_seeded(*seed, calls.fetch_add(1, Ordering::Relaxed), bytes),
        }
    }

    /// Returns an array of random bytes.
    pub(crate) fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// Fills with SHA-256 in counter mode over (seed, call, block): no state to lock, and calls never overlap.
fn fill_seeded(seed: u64, call: u64, bytes: &mut [u8]) {
    for (block, chunk) in (0_u64..).zip(bytes.chunks_mut(32)) {
        let input = [seed.to_le_bytes(), call.to_le_bytes(), block.to_le_bytes()].concat();
        chunk.copy_from_slice(&digest(&SHA256, &input).as_ref()[..chunk.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_same_sequence() {
        let (a, b) = (Random::seeded(7), Random::seeded(7));
        for _ in 0..3 {
            assert_eq!(a.array::<80>(), b.array::<80>());
        }
    }

    #[test]
    fn calls_seeds_and_clones_never_repeat() {
        let a = Random::seeded(7);
        let seen = [a.array::<16>(), a.clone().array(), a.array(), Random::seeded(8).array()];
        for (i, one) in seen.iter().enumerate() {
            assert!(!seen[i + 1..].contains(one));
        }
    }

    #[test]
    fn system_source_differs_from_call_to_call() {
        let random = Random::system();
        assert_ne!(random.array::<32>(), random.array::<32>());
    }
}
