//! Failed attempts: wrong passwords and codes, counted in the database, so that all nodes and commands share them and a
//! restart keeps them.
//!
//! Guarantees: between two successes, the number of a user's guesses that are answered as right or wrong never exceeds
//! the quota, however many are sent at once and to however many nodes. The order of the transactions decides in which a
//! wrong guess is counted and a right one is admitted: beyond the quota, both are answered as limited. A user without
//! failures has no row, and their login needs no extra statement.
//!
//! Unknown names are counted like users, so that responses are alike on every node. They share a fixed number of
//! subjects, so that invented names do not fill the table.

mod attempt;
mod count;
mod rules;
mod store;

pub(crate) use attempt::LoginAttempt;
pub(crate) use count::{FailureCount, StoredFailures};
pub use rules::remove_expired;
pub(crate) use rules::{Forgiven, count_failure, forgive};
pub(crate) use store::FAILURES;
pub use store::statements;
