//! Notifications: one per hook and event, written in the event's transaction and delivered after its commit.
//!
//! Guarantees: at least once, since a row is finished only after its delivery; never stuck, since every unfinished row
//! has a time at which it is looked at again, even while an attempt is in flight; in order within a lane (one hook, one
//! user), since a row waits while an earlier one is unfinished.

mod bell;
mod content;
mod outcome;
mod queue;
mod record;
mod rules;
mod store;

pub use bell::{Bell, Rung};
pub use content::Content;
pub use outcome::{Attempt, Outcome, Retries};
pub use queue::{Turn, busy_hooks, give_up_old, turn, unblock};
pub(crate) use record::{record, record_sample};
pub(crate) use rules::has_mail;
pub use rules::{Replay, cancel_of_hook, content, of_event, replay};
pub(crate) use store::delete_of_realm;
pub use store::{Backlog, MOST_BEGUN, Notification, backlog, statements};

use crate::words::words;

words! {
    /// State of a notification.
    pub enum Progress {
        /// Waiting for its first or next attempt, or in flight.
        Unfinished = "in_progress",
        /// Delivered.
        Completed = "completed",
        /// Given up: retries are exhausted or delivery is impossible.
        Failed = "failed",
        /// Its hook was removed, it had no recipient, or a newer mail replaced it.
        Canceled = "canceled",
    }
}
