//! Imports: users, orgs, memberships and credentials from elsewhere, hashes of passwords included, in batches.
//!
//! What is there already is found by its reference, or else by its name, and brought up to date, so that an import may be
//! repeated. A batch is one transaction, with the note of how far the import has come: whatever happens, it goes on
//! there. Single users have no events; an import is told as one change of the realm.

mod credentials;
mod fields;
mod memberships;
mod names;
mod orgs;
mod rules;
mod store;
mod tally;
mod users;

pub use names::SeenNames;
pub use rules::{Batch, Line, begun, finish, run};
pub use store::statements;
pub use tally::{Refused, Tally};

use crate::words::words;

words! {
    /// What a line holds: `object` in it.
    pub enum RecordKind {
        /// A user.
        User = "user",
        /// An org.
        Org = "org",
        /// A membership; user and org are named by their names or references.
        Membership = "membership",
        /// A system's key or a device of a user.
        Credential = "credential",
    }
}
