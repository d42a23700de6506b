//! Users of a realm: people, and later system accounts.

mod fields;
mod lists;
pub mod names;
mod rules;
mod store;

pub use lists::{OFFER, Wanted, list};
pub use rules::{Key, create, delete, find, update};
pub(crate) use rules::{lock, read, signed_up};
pub(crate) use store::{COUNTS, of_login, touch_login};
pub use store::{Counts, User, statements};

use crate::words::words;

words! {
    /// The kinds of users.
    pub enum UserType {
        /// A person.
        Human = "human",
        /// A system.
        Api = "api",
    }
}

words! {
    /// How far the email address is proven.
    pub enum EmailVerification {
        /// Nothing was tried.
        None = "none",
        /// Asked for.
        Requested = "requested",
        /// Proven.
        Verified = "verified",
    }
}
