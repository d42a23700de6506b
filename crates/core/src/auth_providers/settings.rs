//! Settings of each provider type.

use serde::{Deserialize, Serialize};

use super::ProviderType;
use crate::credentials::PasswordPolicy;
use crate::words::words;

words! {
    /// Channels that offer a function.
    pub enum Offered {
        /// Hosted pages only.
        Hosted = "hosted",
        /// Browser API only.
        Js = "js",
        /// Hosted pages and browser API.
        Both = "both",
        /// Not offered.
        Off = "off",
    }
}

impl Offered {
    /// Returns whether the hosted pages offer the function.
    pub fn on_pages(self) -> bool {
        matches!(self, Self::Hosted | Self::Both)
    }

    /// Returns whether any channel offers the function.
    pub fn is_offered(self) -> bool {
        self != Self::Off
    }

    /// Returns whether the browser API offers the function.
    pub fn on_api(self) -> bool {
        matches!(self, Self::Js | Self::Both)
    }
}

words! {
    /// Objects that a signup creates.
    pub enum SignupMode {
        /// A user.
        User = "user",
        /// A user with an org and a membership.
        UserOrg = "user_org",
        /// A signup token, which the app exchanges for a user.
        UserToken = "user_token",
    }
}

words! {
    /// Visibility of a form field.
    pub enum Visible {
        /// Shown and required.
        Required = "required",
        /// Shown but optional.
        Optional = "optional",
        /// Not shown.
        Hidden = "hidden",
    }
}

words! {
    /// How often a form asks for a new password.
    pub enum Confirm {
        /// Once.
        Single = "single",
        /// Twice.
        Confirm = "confirm",
    }
}

words! {
    /// Whether new users must verify their email address.
    pub enum Verification {
        /// Not requested.
        None = "none",
        /// Requested, but not required to log in.
        Request = "request",
        /// Required to log in.
        Require = "require",
    }
}

words! {
    /// Challenge that the browser must solve for a signup.
    pub enum SignupChallenge {
        /// No challenge.
        None = "none",
        /// A few hundred milliseconds of computation.
        ProofOfWork = "proof_of_work",
    }
}

words! {
    /// Single sign-on between the apps of a realm.
    pub enum Sso {
        /// An existing session still requires a click.
        Basic = "basic",
        /// An existing session continues without interaction.
        Seamless = "seamless",
    }
}

/// The settings of LoginRocket in one realm.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginRocket {
    /// Channels that offer logins.
    pub login: Offered,
    /// Channels that offer signups.
    pub signup: Offered,
    /// Objects that a signup creates.
    pub signup_mode: SignupMode,
    /// Visibility of first and last name in the signup form.
    pub name_field: Visible,
    /// Visibility of the org's name in the signup form.
    pub org_field: Visible,
    /// Whether forms ask for a new password twice.
    pub password_field: Confirm,
    /// Whether new users must verify their email address.
    pub email_verification: Verification,
    /// Challenge that the browser must solve for a signup.
    pub signup_challenge: SignupChallenge,
    /// Whether hosted pages for email verification exist.
    pub verify: bool,
    /// Single sign-on between the apps of the realm.
    pub sso: Sso,
    /// Permissions of the membership that a signup creates.
    pub membership_permissions: Vec<String>,
}

/// Settings of a custom `OAuth` 2 provider. Endpoints are discovered from `issuer` or configured individually.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Oauth2 {
    /// Issuer URL for OpenID Connect discovery.
    pub issuer: Option<String>,
    /// Authorization endpoint.
    pub authorization_url: Option<String>,
    /// Token endpoint.
    pub token_url: Option<String>,
    /// Userinfo endpoint: returns the profile of a token's user.
    pub profile_url: Option<String>,
    /// Path of the user's id in the profile. The following fields are paths, too.
    pub id_field: Option<String>,
    /// Path of the email address.
    pub email_field: Option<String>,
    /// Path of the flag that the provider has verified the email address.
    pub email_verified_field: Option<String>,
    /// Path of the full name.
    pub name_field: Option<String>,
    /// Path of the first name.
    pub first_name_field: Option<String>,
    /// Path of the last name.
    pub last_name_field: Option<String>,
}

/// Settings that are specific to a provider type.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Settings {
    /// Settings of a `password` provider.
    Password(PasswordPolicy),
    /// Settings of a `login_rocket` provider.
    LoginRocket(LoginRocket),
    /// Settings of an `oauth2` provider.
    Oauth2(Oauth2),
    /// All other types, which have no settings of their own.
    Plain {},
}

impl Settings {
    /// Returns the default settings of this provider type.
    pub(super) fn default_of(kind: ProviderType) -> Self {
        match kind {
            ProviderType::Password => Self::Password(PasswordPolicy::default()),
            ProviderType::LoginRocket => Self::LoginRocket(LoginRocket::default()),
            ProviderType::Oauth2 => Self::Oauth2(Oauth2::default()),
            _ => Self::Plain {},
        }
    }

    /// Parses stored settings of this provider type.
    pub(super) fn read(kind: ProviderType, text: &str) -> serde_json::Result<Self> {
        Ok(match kind {
            ProviderType::Password => Self::Password(serde_json::from_str(text)?),
            ProviderType::LoginRocket => Self::LoginRocket(serde_json::from_str(text)?),
            ProviderType::Oauth2 => Self::Oauth2(serde_json::from_str(text)?),
            _ => Self::Plain {},
        })
    }
}

impl Default for LoginRocket {
    fn default() -> Self {
        Self {
            login: Offered::Both,
            signup: Offered::Both,
            signup_mode: SignupMode::User,
            name_field: Visible::Optional,
            org_field: Visible::Optional,
            password_field: Confirm::Single,
            email_verification: Verification::None,
            signup_challenge: SignupChallenge::None,
            verify: true,
            sso: Sso::Basic,
            membership_permissions: Vec::new(),
        }
    }
}
