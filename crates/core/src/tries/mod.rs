//! The limits in memory: what an address, an app or an inbox may have, and the first sieve of what a user may.
//!
//! Each bucket empties over some minutes and holds a burst (`quota.rs`). A slot is taken before the work is done and given
//! back after a success, so tries in parallel pass no more than the burst. Keys are kept as hashes under a seed of this
//! process. Each kind has a memory of its own, which forgets nothing but what is empty (`buckets.rs`), and each address
//! counts on the networks around it as well (`networks.rs`), so that nobody makes room for more tries by using many.
//!
//! How many wrong passwords and codes a user had is in the database: see [`failed_attempts`](crate::failed_attempts).

mod attempts;
mod buckets;
mod limits;
mod memory;
mod networks;
mod quota;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use attempts::RunningAttempt;
pub use buckets::{Buckets, Kept, Timed};
pub(crate) use memory::LoginSlots;
pub use memory::Tries;
pub use networks::{COARSE, Networks};
pub(crate) use quota::{Quota, limited};
pub use settings::Settings;
