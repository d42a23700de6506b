//! Recovery codes: what stands in for a lost device. Ten for a user, each taken once.
//!
//! Guarantees that they are told once, when they are made; that only a keyed hash is kept, which is of no use without
//! the master key; that nobody without a device in use has any.

mod rules;
mod store;

pub use rules::{Left, Made, count, make};
pub(crate) use rules::{end_all, make_first, spend};
pub(crate) use store::delete_orphans;
pub use store::statements;
