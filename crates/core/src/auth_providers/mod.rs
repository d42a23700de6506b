//! Auth providers: the login methods that a realm offers, and the settings of LoginRocket.

mod fields;
mod rules;
mod settings;
mod social;
mod store;

pub use fields::is_safe;
pub use rules::{OFFER, Shown, create, delete, find, list, login_rocket, password_policy, update};
pub(crate) use rules::{active_of, active_one, insert_default, insert_login_rocket};
pub use settings::{
    Confirm, LoginRocket, Oauth2, Offered, Settings, SignupChallenge, SignupMode, Sso, Verification, Visible,
};
pub use social::{SocialClient, client_of, social, social_client};
pub use store::{AuthProvider, statements};

use crate::words::words;

words! {
    /// Type of an auth provider.
    pub enum ProviderType {
        /// Settings of LoginRocket; not a login method itself.
        LoginRocket = "login_rocket",
        /// Passwords stored by Gantry.
        Password = "password",
        /// One-time codes as a second factor.
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
