//! One-time tokens: for a new password, for verifying an email address, for the second factor of a login, and for
//! resending the verification mail.
//!
//! Only a hash is stored. Each token is bound to a realm, a user and a purpose, and is spent inside the transaction of
//! what it allows: of concurrent uses, one wins.

mod rules;
mod store;

pub use rules::remove_expired;
pub(crate) use rules::{end_all, find, find_kept, issue, proves_address, spend, spend_and_keep, wrong_try};
pub use store::statements;
pub(crate) use store::{OneTimeToken, delete_of_realm};

use crate::words::words;

words! {
    /// Purpose of a one-time token.
    pub enum Purpose {
        /// Setting a password.
        Password = "password",
        /// Verifying an email address.
        Email = "email",
        /// Finishing a login by a second factor.
        Login = "login",
        /// Resending the mail that verifies an email address, after the first authentication factor.
        Resend = "resend",
    }
}
