//! Auth providers: the ways to log in that a realm offers, and how LoginRocket behaves.

mod rules;
mod settings;
mod store;

pub(crate) use rules::{insert_default, insert_login_rocket};
pub use rules::{login_rocket, password_policy};
pub use settings::{Confirm, LoginRocket, Offered, SignupMode, Verification, Visible};
pub use store::statements;

use crate::words::words;

words! {
    /// The provider types.
    pub enum ProviderType {
        /// Configures LoginRocket; no way to log in by itself.
        LoginRocket = "login_rocket",
        /// Passwords kept by Gantry.
        Password = "password",
        /// Second factor by one-time codes.
        Totp = "totp",
        /// Facebook.
        Facebook = "facebook",
        /// GitHub.
        Github = "github",
        /// Google.
        Google = "google",
        /// LinkedIn.
        Linkedin = "linkedin",
        /// Slack.
        Slack = "slack",
        /// Yahoo.
        Yahoo = "yahoo",
        /// Any other OAuth 2 or OpenID Connect server.
        Oauth2 = "oauth2",
    }
}
