//! Wrong passwords and codes, counted in the database, so that every node, a command and a restart know of them.
//!
//! Guarantees: between two successes a user's guesses are answered as right or wrong at most as often as the quota says,
//! however many are sent at once and to however many nodes. What decides is the order of the transactions in which a wrong
//! guess is counted and a right one is let in: beyond the quota both are answered as limited. A user without failures has
//! no row, and a login of theirs costs no statement more.
//!
//! A name that is nobody's is counted like a user's, so that the answers are alike on every node: under one of a fixed
//! number of subjects, so that invented names do not fill the table.

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
