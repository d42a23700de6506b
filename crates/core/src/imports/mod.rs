//! Imports: users, orgs, memberships and credentials from other systems, including password hashes, in batches.
//!
//! Existing records are found by reference, or else by name, and updated, so that an import may be repeated. A batch is
//! one transaction that also stores the import's progress, so that it can resume after any failure. Single records
//! cause no events; an import is recorded as one update of the realm.

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
    /// Kind of a line's record, given in its field `object`.
    pub enum RecordKind {
        /// A user.
        User = "user",
        /// An org.
        Org = "org",
        /// A membership; user and org are named by their names or references.
        Membership = "membership",
        /// An API key of a system, or a device of a user.
        Credential = "credential",
    }
}
