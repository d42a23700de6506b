//! In-memory rate limits: those of addresses, apps and inboxes, and a first check of those of users.
//!
//! Each bucket empties over some minutes and holds a burst (`quota.rs`). A slot is taken before the work is done and
//! returned after a success, so parallel attempts never exceed the burst. Keys are stored as hashes under a seed of
//! this process. Each kind has its own memory, which drops only empty buckets (`buckets.rs`), and each address also
//! counts on the networks around it (`networks.rs`), so that using many addresses does not allow more attempts.
//!
//! The database stores how many wrong passwords and codes a user had: see [`failed_attempts`](crate::failed_attempts).

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
