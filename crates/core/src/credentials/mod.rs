//! Credentials: what a user authenticates with. People have passwords, TOTP devices and social identities; systems have
//! API keys.

mod fields;
mod import;
mod keys;
mod passwords;
mod policy;
mod rules;
mod social;
mod store;
mod totp;

pub(crate) use import::{has_password, imported, imported_hash, insert_imported};
pub use keys::readable_key;
pub(crate) use keys::{WantedKey, holder_of, insert_key, replace_first_key, wanted_key};
pub use passwords::typed;
pub(crate) use passwords::{NewPassword, WantedPassword, insert_password, rehash, replace_password, wanted};
pub use policy::{PasswordPolicy, RequiredChars};
pub use rules::{Shown, create, delete, find, update};
pub(crate) use social::{SocialAccount, at_provider, delete_social, insert_social, refresh_social};
pub use store::{Credential, statements};
pub(crate) use totp::{CodeAttempt, behind, has_device, minutes_in_words, secret_of, spend_code};
pub use totp::{Verified, verify};

use crate::words::words;

words! {
    /// Type of a credential.
    pub enum CredentialType {
        /// API key of a user that is a system.
        ApiKey = "api_key",
        /// Identity at Facebook.
        Facebook = "facebook",
        /// Identity at GitHub.
        Github = "github",
        /// Identity at Google.
        Google = "google",
        /// Identity at LinkedIn.
        Linkedin = "linkedin",
        /// Identity at another OAuth 2 server.
        Oauth2 = "oauth2",
        /// A password.
        Password = "password",
        /// Identity at Slack.
        Slack = "slack",
        /// Device that generates one-time codes.
        Totp = "totp",
        /// Identity at Yahoo.
        Yahoo = "yahoo",
    }
}

words! {
    /// Whether the credential is in use.
    pub enum CredentialState {
        /// TOTP device that has not been verified by a correct code yet.
        New = "new",
        /// In use.
        Active = "active",
    }
}
