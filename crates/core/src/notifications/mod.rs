//! Notifications: what each hook makes of an event, written in the event's transaction, delivered behind it.
//!
//! Guarantees: at least once, since a row is finished only after its delivery; never stuck, since every unfinished row
//! has a time at which it is looked at again, also while an attempt is under way; in order within a lane (one hook, one
//! user), since a row waits while one before it is unfinished.

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
    /// How far a notification is.
    pub enum Progress {
        /// Waits for its first or next attempt, or is under way.
        Unfinished = "in_progress",
        /// Delivered.
        Completed = "completed",
        /// Given up.
        Failed = "failed",
        /// Its hook went away, there was nobody to send it to, or a newer mail took its place.
        Canceled = "canceled",
    }
}
