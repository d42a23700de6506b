//! Credentials: what a user proves themselves with. So far passwords.

mod policy;
mod rules;
mod store;

pub use policy::PasswordPolicy;
pub(crate) use rules::{NewPassword, insert_password, rehash, replace_password, wanted};
pub use store::statements;

use crate::words::words;

words! {
    /// The kinds of credentials.
    pub enum CredentialType {
        /// A user's own API key.
        ApiKey = "api_key",
        /// A password.
        Password = "password",
        /// A device that makes one-time codes.
        Totp = "totp",
    }
}
