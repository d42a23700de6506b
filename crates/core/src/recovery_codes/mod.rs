//! Recovery codes replace a lost device. A user has ten, and each works once.
//!
//! Guarantees: the codes are returned only when they are created; only keyed hashes are stored, which are useless
//! without the master key; a user without a device in use has no codes.

mod rules;
mod store;

pub use rules::{Left, Made, count, make};
pub(crate) use rules::{end_all, make_first, spend};
pub(crate) use store::delete_orphans;
pub use store::statements;
