//! Through which door a login comes.

use crate::auth_providers::{LoginRocket, Verification};
use crate::users::{EmailVerification, User};

/// What differs between logins of an app's own server and those of LoginRocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An app's server, trusted with who exists: an unknown user is [`Error::NotFound`](crate::Error::NotFound), at
    /// once. Whether an unproven address matters is the app's business.
    Api,
    /// The hosted pages. An unknown user gets the same answer, the same work and the same event as a wrong password:
    /// nobody learns who exists. The browser is remembered.
    Pages {
        /// Whether only those may log in whose email address is proven.
        only_verified: bool,
    },
}

impl Door {
    /// The hosted pages, as the realm has set them up.
    pub fn pages(settings: &LoginRocket) -> Self {
        Self::Pages { only_verified: settings.email_verification == Verification::Require }
    }

    /// Whether an unknown user is told as one.
    pub(super) fn tells_unknown(self) -> bool {
        self == Self::Api
    }

    /// Whether the browser gets a cookie.
    pub(crate) fn remembers(self) -> bool {
        self != Self::Api
    }

    /// Whether this user has to prove their address first.
    pub(super) fn keeps_out(self, user: &User) -> bool {
        self == Self::Pages { only_verified: true } && user.email_verification != EmailVerification::Verified
    }
}
