//! Tokens that are spent once: for a new password, for proving an email address, for the second step of a login, for
//! one more mail.
//!
//! Only a hash is kept. Each is bound to a realm, a user and a purpose, and is spent inside the transaction of what it
//! allows: of many tries at the same time one wins.

mod rules;
mod store;

pub use rules::remove_expired;
pub(crate) use rules::{end_all, find, find_kept, issue, proves_address, spend, spend_and_keep, wrong_try};
pub use store::statements;
pub(crate) use store::{OneTimeToken, delete_of_realm};

use crate::words::words;

words! {
    /// What a token allows.
    pub enum Purpose {
        /// Setting a password.
        Password = "password",
        /// Proving an email address.
        Email = "email",
        /// Finishing a login by a second factor.
        Login = "login",
        /// Having the mail sent again that proves an email address: for whoever knows the password.
        Resend = "resend",
    }
}
