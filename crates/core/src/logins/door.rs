//! Where a login request entered: the server API, the hosted pages or the browser API.

use crate::auth_providers::{LoginRocket, Offered, Verification};
use crate::users::{EmailVerification, User};

/// Channel of a login: an app's own server, or LoginRocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// An app's server, which may learn which users exist: an unknown user is
    /// [`Error::NotFound`](crate::Error::NotFound), at once. The app decides whether an unverified address matters.
    Api,
    /// LoginRocket. An unknown user causes the same response, work and event as a wrong password, so that clients
    /// cannot learn which users exist.
    LoginRocket {
        /// How LoginRocket was reached.
        by: By,
        /// Whether only users with a verified email address may log in.
        only_verified: bool,
    },
}

/// Way in which LoginRocket was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The hosted pages. The browser gets a cookie.
    Pages,
    /// A social provider, which redirects the browser to pages that exist wherever the function is offered. The browser
    /// gets a cookie.
    Provider,
    /// The browser API, called by a page of the app, as the browser's `Origin` header proves. The browser gets a
    /// cookie.
    Page,
    /// The browser API without a verified origin. No cookie is set, because a third-party page may have forged the
    /// request.
    Anybody,
}

impl Door {
    /// Returns the channel for LoginRocket with the realm's settings.
    pub fn loginrocket(settings: &LoginRocket, by: By) -> Self {
        Self::LoginRocket { by, only_verified: settings.email_verification == Verification::Require }
    }

    /// Returns the channel for the hosted pages.
    pub fn pages(settings: &LoginRocket) -> Self {
        Self::loginrocket(settings, By::Pages)
    }

    /// Returns whether this channel offers the function.
    pub fn has(self, function: Offered) -> bool {
        match self {
            Self::Api => true,
            Self::LoginRocket { by: By::Pages, .. } => function.on_pages(),
            Self::LoginRocket { by: By::Provider, .. } => function.is_offered(),
            Self::LoginRocket { by: By::Page | By::Anybody, .. } => function.on_api(),
        }
    }

    /// Returns whether an unknown user is reported as such.
    pub(super) fn tells_unknown(self) -> bool {
        self == Self::Api
    }

    /// Returns whether the browser gets a cookie.
    pub(crate) fn remembers(self) -> bool {
        matches!(self, Self::LoginRocket { by: By::Pages | By::Provider | By::Page, .. })
    }

    /// Returns whether this user must verify their address first.
    pub(super) fn keeps_out(self, user: &User) -> bool {
        matches!(self, Self::LoginRocket { only_verified: true, .. })
            && user.email_verification != EmailVerification::Verified
    }
}
