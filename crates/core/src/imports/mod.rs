//! Imports: users, orgs, memberships and credentials from elsewhere, hashes of passwords included, in batches.
//!
//! What is there already is found by its reference, or else by its name, and brought up to date, so that an import may be
//! repeated. A batch is one transaction, with the note of how far the import has come: whatever happens, it goes on
//! there. Single users have no events; an import is told as one change of the realm.

mod credentials;
mod memberships;
mod orgs;
mod rules;
mod store;
mod tally;
mod users;

pub use rules::{Batch, Line, begun, finish, run};
pub use store::statements;
pub use tally::{Refused, Tally};

use crate::words::{Word as _, words};

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

impl RecordKind {
    /// Says that there is no such field.
    pub fn has_no(self, field: &str) -> String {
        format!("{field} is no field of a {}: these are {}", self.as_str(), self.fields().join(", "))
    }

    /// What a line may hold besides `object`. Anything else is refused: most likely a name is misspelt, and what stands
    /// there would be missing.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::User => &[
                "username",
                "email",
                "user_type",
                "state",
                "reference",
                "email_verification",
                "first_name",
                "last_name",
                "name",
                "custom",
                // Has an error of its own.
                "password",
                "password_hash",
                "created_at",
                "last_login_at",
            ],
            Self::Org => &["name", "state", "reference", "custom", "created_at"],
            Self::Membership => {
                &["user", "user_reference", "org", "org_reference", "permissions", "expires_at", "custom", "created_at"]
            }
            Self::Credential => &[
                "user",
                "user_reference",
                "credential_type",
                "name",
                "state",
                "api_key_hash",
                "otp_secret",
                "created_at",
            ],
        }
    }
}
