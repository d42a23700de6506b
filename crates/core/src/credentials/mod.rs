//! Credentials: what a user proves themselves with. People have passwords, devices that make codes, and accounts at
//! social providers; systems have API keys.

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
    /// The kinds of credentials.
    pub enum CredentialType {
        /// A system's own API key.
        ApiKey = "api_key",
        /// An account at Facebook.
        Facebook = "facebook",
        /// An account at GitHub.
        Github = "github",
        /// An account at Google.
        Google = "google",
        /// An account at LinkedIn.
        Linkedin = "linkedin",
        /// An account at another OAuth 2 server.
        Oauth2 = "oauth2",
        /// A password.
        Password = "password",
        /// An account at Slack.
        Slack = "slack",
        /// A device that makes one-time codes.
        Totp = "totp",
        /// An account at Yahoo.
        Yahoo = "yahoo",
    }
}

words! {
    /// Whether logins ask for it.
    pub enum CredentialState {
        /// A device that has not shown a right code yet.
        New = "new",
        /// In use.
        Active = "active",
    }
}
