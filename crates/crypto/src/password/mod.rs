//! Passwords: input, hashing and verification.
//!
//! * [`Password`] (`plain.rs`): a password as the user typed it, normalised, bounded, wiped.
//! * [`Passwords`] (`hasher.rs`): hashes and verifies on the pool.
//! * `pool.rs`: a fixed number of threads, each with one reused block of memory, and a bounded queue.
//! * `argon2id.rs`: the format of new hashes, and of imported Argon2 PHC strings.
//! * `foreign/`: third-party hashes, one file per format.
//!
//! Guarantees: memory is bounded by the number of workers, regardless of concurrent logins; when the queue is full,
//! callers are refused immediately ([`Busy`]); a login of an unknown user costs as much as one of a known user.

mod argon2id;
mod foreign;
mod hasher;
mod plain;
mod pool;

pub use argon2id::{MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES};
pub use hasher::{Passwords, Settings, Verdict, is_hash};
pub use plain::{MAX_CHARACTERS, Password, PasswordError};
pub use pool::Busy;
