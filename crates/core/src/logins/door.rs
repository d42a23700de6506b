//! Through which door a login comes.

use crate::auth_providers::{LoginRocket, Offered, Verification};
use crate::users::{EmailVerification, User};

/// What differs between logins of an app's own server and those of LoginRocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An app's server, trusted with who exists: an unknown user is [`Error::NotFound`](crate::Error::NotFound), at
    /// once. Whether an unproven address matters is the app's business.
    Api,
    /// LoginRocket. An unknown user gets the same answer, the same work and the same event as a wrong password: nobody
    /// learns who exists.
    LoginRocket {
        /// How it is reached.
        by: By,
        /// Whether only those may log in whose email address is proven.
        only_verified: bool,
    },
}

/// How LoginRocket is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its hosted pages. The browser is remembered.
    Pages,
    /// By way of another site, which sends the browser to pages that are there for that however logins are offered. The
    /// browser is remembered.
    Provider,
    /// Its API, called by a page of the app, as the page's browser itself tells. The browser is remembered.
    Page,
    /// Its API, called by anybody. Nothing is remembered: it may be a browser that a stranger's page made call.
    Anybody,
}

impl Door {
    /// LoginRocket, as the realm has set it up.
    pub fn loginrocket(settings: &LoginRocket, by: By) -> Self {
        Self::LoginRocket { by, only_verified: settings.email_verification == Verification::Require }
    }

    /// The hosted pages.
    pub fn pages(settings: &LoginRocket) -> Self {
        Self::loginrocket(settings, By::Pages)
    }

    /// Whether a function that is offered so is there behind this door.
    pub fn has(self, function: Offered) -> bool {
        match self {
            Self::Api => true,
            Self::LoginRocket { by: By::Pages, .. } => function.on_pages(),
            Self::LoginRocket { by: By::Provider, .. } => function.is_offered(),
            Self::LoginRocket { by: By::Page | By::Anybody, .. } => function.on_api(),
        }
    }

    /// Whether an unknown user is told as one.
    pub(super) fn tells_unknown(self) -> bool {
        self == Self::Api
    }

    /// Whether the browser gets a cookie.
    pub(crate) fn remembers(self) -> bool {
        matches!(self, Self::LoginRocket { by: By::Pages | By::Provider | By::Page, .. })
    }

    /// Whether this user has to prove their address first.
    pub(super) fn keeps_out(self, user: &User) -> bool {
        matches!(self, Self::LoginRocket { only_verified: true, .. })
            && user.email_verification != EmailVerification::Verified
    }
}
