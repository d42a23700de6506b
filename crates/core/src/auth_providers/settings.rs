//! What the `login_rocket` provider is set to.

use serde::{Deserialize, Serialize};

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
    /// Permissions of the membership that a signup makes.
    pub membership_permissions: Vec<String>,
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
            membership_permissions: Vec::new(),
        }
    }
}
