//! Hashes and verifies passwords on the worker pool.
//!
//! Guarantees that verification without a stored or readable hash costs as much as with one, and that a match reports
//! whether the stored hash should be replaced by one of today's settings.

use std::sync::Arc;

use super::Password;
use super::argon2id::{Cost, SALT, Stored};
use super::foreign::Foreign;
use super::pool::{Busy, Pool};
use crate::Random;

/// Cost of hashing and size of the pool. Values outside the limits are clamped: at least 1 each, at most
/// [`MAX_MEMORY_KIB`](super::MAX_MEMORY_KIB), [`MAX_PASSES`](super::MAX_PASSES), [`MAX_LANES`](super::MAX_LANES), and
/// at least 8 KiB of memory per lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Number of hashing threads; should be the number of cores.
    pub workers: usize,
    /// Number of passwords that may wait for a worker; further ones are refused.
    pub queue: usize,
    /// Argon2's m in KiB; also the memory that each worker keeps.
    pub memory_kib: u32,
    /// Argon2's t, the number of passes over the memory.
    pub passes: u32,
    /// Argon2's p. Lanes are computed sequentially: more of them are only useful to match other systems' hashes.
    pub lanes: u32,
}

/// Returns whether a text is a hash that can be verified within the limits.
pub fn is_hash(text: &str) -> bool {
    Stored::parse(text).is_some() || Foreign::parse(text).is_some()
}

/// Result of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is correct.
    Match {
        /// Whether the stored hash differs from today's settings and should be replaced.
        rehash: bool,
    },
    /// The password is wrong, or the stored hash is missing, unreadable or beyond the limits.
    Mismatch,
}

/// The hashing service. Clones share its threads, which end when the last clone is dropped.
#[derive(Clone)]
pub struct Passwords(Arc<Shared>);

struct Shared {
    pool: Pool,
    cost: Cost,
    dummy: Stored,
    random: Random,
}

impl Passwords {
    /// Starts the worker threads.
    ///
    /// # Panics
    /// If the operating system cannot create a thread.
    pub fn start(settings: Settings) -> Self {
        let random = Random::system();
        let cost = Cost::nearest(settings.memory_kib, settings.passes, settings.lanes);
        let pool = Pool::start(settings.workers.max(1), settings.queue.max(1), cost.blocks());
        let dummy = Stored::dummy(cost, random.array(), random.array());
        Self(Arc::new(Shared { pool, cost, dummy, random }))
    }

    /// Hashes a password and returns a PHC string.
    pub async fn hash(&self, password: Password) -> Result<String, Busy> {
        let (cost, salt) = (self.0.cost, self.0.random.array::<SALT>());
        let work = move |memory: &mut _| Stored::make(cost, password.expose().as_bytes(), salt, memory).to_text();
        self.0.pool.run(work).await
    }

    /// Verifies a password against `stored`, a PHC string or a third-party hash. Without one it does equal work and
    /// returns [`Verdict::Mismatch`].
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict, Busy> {
        let cost = self.0.cost;
        let found = stored.as_deref().and_then(Stored::parse);
        if found.is_none()
            && let Some(foreign) = stored.as_deref().and_then(Foreign::parse)
        {
            return self.verify_foreign(password, foreign).await;
        }
        let known = found.is_some();
        let stored = found.unwrap_or_else(|| self.0.dummy.clone());
        let work = move |memory: &mut _| {
            let right = stored.is_of(password.expose().as_bytes(), memory);
            if right && known { Verdict::Match { rehash: !stored.is_current(cost) } } else { Verdict::Mismatch }
        };
        self.0.pool.run(work).await
    }

    /// Verifies a third-party hash, also against the text as typed, because other software may not have normalised it.
    async fn verify_foreign(&self, password: Password, foreign: Foreign) -> Result<Verdict, Busy> {
        let dummy = self.0.dummy.clone();
        let work = move |memory: &mut _| {
            let right = foreign.is_of(password.expose().as_bytes())
                || password.typed().is_some_and(|typed| foreign.is_of(typed.as_bytes()));
            if right {
                return Verdict::Match { rehash: true };
            }
            // Many third-party hashes are nearly free, so the response time would reveal that the user exists.
            dummy.is_of(password.expose().as_bytes(), memory);
            Verdict::Mismatch
        };
        self.0.pool.run(work).await
    }

    /// Runs other expensive work on the hashing threads, so that it is bounded like hashing.
    pub async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        self.0.pool.run(move |_| work()).await
    }

    /// Returns [`Busy`] if hashing or verifying would be refused now, so that the caller can stop early.
    pub fn admits(&self) -> Result<(), Busy> {
        self.0.pool.admits()
    }

    /// Returns the number of passwords that wait for a worker.
    pub fn queued(&self) -> usize {
        self.0.pool.queued()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Settings = Settings { workers: 1, queue: 8, memory_kib: 64, passes: 2, lanes: 1 };
    /// Made with argon2-cffi 25.1.0 (libargon2): m=256, t=2, p=1, "password".
    const IMPORTED: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    fn password(text: &str) -> Password {
        Password::new(text).expect("a good password")
    }

    #[tokio::test]
    async fn new_hashes_match_and_stay() {
        let passwords = Passwords::start(CHEAP);
        let stored = passwords.hash(password("correct horse")).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{stored}");
        let verdict = passwords.verify(password("correct horse"), Some(stored.clone())).await;
        assert_eq!(verdict, Ok(Verdict::Match { rehash: false }));
        let verdict = passwords.verify(password("correct hors"), Some(stored.clone())).await;
        assert_eq!(verdict, Ok(Verdict::Mismatch));
        assert_ne!(passwords.hash(password("correct horse")).await, Ok(stored), "every hash has its own salt");
        assert_eq!(passwords.queued(), 0);
    }

    #[tokio::test]
    async fn hashes_of_other_settings_match_and_ask_for_a_new_one() {
        let passwords = Passwords::start(CHEAP);
        let verdict = passwords.verify(password("password"), Some(IMPORTED.to_owned())).await;
        assert_eq!(verdict, Ok(Verdict::Match { rehash: true }));
        let verdict = passwords.verify(password("passwort"), Some(IMPORTED.to_owned())).await;
        assert_eq!(verdict, Ok(Verdict::Mismatch));
    }

    #[tokio::test]
    async fn other_softwares_hashes_match_as_typed_and_ask_for_a_new_one() {
        let passwords = Passwords::start(CHEAP);
        // Made with Python's hashlib of "p" and "a\u{308}ss", which NFC joins.
        let foreign = "$hex-sha256$prefix$$0fa6a9aa0a134847621e8baaa959cefcee1836821e421fe0804b4095cb95ab99";
        for (typed, expected) in [("pa\u{308}ss", true), ("p\u{e4}ss", false), ("pass", false)] {
            let verdict = passwords.verify(password(typed), Some(foreign.to_owned())).await.expect("verified");
            assert_eq!(verdict == Verdict::Match { rehash: true }, expected, "{typed:?}");
        }
    }

    #[tokio::test]
    async fn nothing_unreadable_or_too_expensive_matches() {
        let passwords = Passwords::start(CHEAP);
        for stored in [None, Some(""), Some("password"), Some(&IMPORTED.replace("m=256", "m=4194304"))] {
            let verdict = passwords.verify(password("password"), stored.map(str::to_owned)).await;
            assert_eq!(verdict, Ok(Verdict::Mismatch), "{stored:?}");
        }
    }

    #[tokio::test]
    async fn settings_outside_the_limits_count_as_the_nearest() {
        let passwords = Passwords::start(Settings { workers: 0, queue: 0, memory_kib: 0, passes: 0, lanes: 2 });
        let stored = passwords.hash(password("x")).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=16,t=1,p=2$"), "{stored}");
        let verdict = passwords.verify(password("x"), Some(stored)).await;
        assert_eq!(verdict, Ok(Verdict::Match { rehash: false }));
        let most = Cost::nearest(u32::MAX, u32::MAX, u32::MAX);
        assert_eq!(
            most,
            Cost::nearest(super::super::MAX_MEMORY_KIB, super::super::MAX_PASSES, super::super::MAX_LANES)
        );
    }
}
