//! What providers are set to, each kind in its own way.

use serde::{Deserialize, Serialize};

use super::ProviderType;
use crate::credentials::PasswordPolicy;
use crate::words::words;

words! {
    /// Through what a function is offered.
    pub enum Offered {
        /// Hosted pages.
        Hosted = "hosted",
        /// The browser API.
        Js = "js",
        /// Both.
        Both = "both",
        /// Neither.
        Off = "off",
    }
}

impl Offered {
    /// Whether the hosted pages offer it.
    pub fn on_pages(self) -> bool {
        matches!(self, Self::Hosted | Self::Both)
    }

    /// Whether anything does.
    pub fn is_offered(self) -> bool {
        self != Self::Off
    }

    /// Whether the browser API offers it.
    pub fn on_api(self) -> bool {
        matches!(self, Self::Js | Self::Both)
    }
}

words! {
    /// What a signup makes.
    pub enum SignupMode {
        /// A user.
        User = "user",
        /// A user with an org and a membership.
        UserOrg = "user_org",
        /// A signup token, which the app turns into a user.
        UserToken = "user_token",
    }
}

words! {
    /// Whether a form asks for something.
    pub enum Visible {
        /// And wants it.
        Required = "required",
        /// And can do without.
        Optional = "optional",
        /// Not at all.
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
    /// Whether new users have to prove their email address.
    pub enum Verification {
        /// No.
        None = "none",
        /// Asked for, not needed to log in.
        Request = "request",
        /// Needed to log in.
        Require = "require",
    }
}

words! {
    /// What a signup costs the browser.
    pub enum SignupChallenge {
        /// Nothing.
        None = "none",
        /// Some hundred milliseconds of work.
        ProofOfWork = "proof_of_work",
    }
}

words! {
    /// How apps of the realm share logins.
    pub enum Sso {
        /// A remembered login still asks for a click.
        Basic = "basic",
        /// A remembered login goes straight on.
        Seamless = "seamless",
    }
}

/// The settings of LoginRocket in one realm.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginRocket {
    /// Logins.
    pub login: Offered,
    /// Signups.
    pub signup: Offered,
    /// What a signup makes.
    pub signup_mode: SignupMode,
    /// First and last name at signup.
    pub name_field: Visible,
    /// The org's name at signup.
    pub org_field: Visible,
    /// A new password's confirmation.
    pub password_field: Confirm,
    /// Whether the email address has to be proven.
    pub email_verification: Verification,
    /// What a signup costs the browser.
    pub signup_challenge: SignupChallenge,
    /// Whether there are pages for proving an address.
    pub verify: bool,
    /// How apps share logins.
    pub sso: Sso,
    /// Permissions of the membership that a signup makes.
    pub membership_permissions: Vec<String>,
}

/// The settings of a custom `OAuth` 2 provider: found out from `issuer`, or given one by one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Oauth2 {
    /// For OpenID Connect discovery.
    pub issuer: Option<String>,
    /// Where people log in.
    pub authorization_url: Option<String>,
    /// Where codes become tokens.
    pub token_url: Option<String>,
    /// Where a token's user is told.
    pub profile_url: Option<String>,
    /// Where in the profile the user's id stands; the others likewise.
    pub id_field: Option<String>,
    /// The address.
    pub email_field: Option<String>,
    /// Whether the provider has verified it.
    pub email_verified_field: Option<String>,
    /// The whole name.
    pub name_field: Option<String>,
    /// The first name.
    pub first_name_field: Option<String>,
    /// The last name.
    pub last_name_field: Option<String>,
}

/// The fields that a kind of provider has beyond those of all.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Settings {
    /// `password`
    Password(PasswordPolicy),
    /// `login_rocket`
    LoginRocket(LoginRocket),
    /// `oauth2`
    Oauth2(Oauth2),
    /// The others have none.
    Plain {},
}

impl Settings {
    /// Those that a provider of this kind begins with.
    pub(super) fn default_of(kind: ProviderType) -> Self {
        match kind {
            ProviderType::Password => Self::Password(PasswordPolicy::default()),
            ProviderType::LoginRocket => Self::LoginRocket(LoginRocket::default()),
            ProviderType::Oauth2 => Self::Oauth2(Oauth2::default()),
            _ => Self::Plain {},
        }
    }

    /// Those that are stored.
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
