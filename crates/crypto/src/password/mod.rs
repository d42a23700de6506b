//! Passwords: how they are taken in, hashed and verified.
//!
//! * [`Password`] (`plain.rs`): a password as someone typed it, normalised, bounded, wiped.
//! * [`Passwords`] (`hasher.rs`): hashing and verifying, through the pool.
//! * `pool.rs`: a fixed number of threads, each with one reused block of memory, and a bounded queue.
//! * `argon2id.rs`: the format of new hashes, and every Argon2 PHC string that was imported.
//! * `foreign/`: hashes that other software made, one file per format.
//!
//! Guarantees: memory is bounded by the number of workers, however many people log in at once; when more want to
//! than the queue holds, they are told at once ([`Busy`]); a login for nobody costs what a login for somebody costs.

mod argon2id;
mod foreign;
mod hasher;
mod plain;
mod pool;

pub use argon2id::{MAX_LANES, MAX_MEMORY_KIB, MAX_PASSES};
pub use hasher::{Passwords, Settings, Verdict, is_hash};
pub use plain::{MAX_CHARACTERS, Password, PasswordError};
pub use pool::Busy;
