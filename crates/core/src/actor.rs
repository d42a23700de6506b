//! The caller of a request: authenticated once by the surface and passed to every rule.

use crate::api_keys::ApiKey;
use crate::error::{Error, Result};
use crate::form_submissions::FormSubmission;
use crate::known_browsers::KnownBrowser;
use crate::words::words;

words! {
    /// Access right of an API key: see [`Access::includes`].
    pub enum Access {
        /// Check and end sessions by their token only: for an app that just logs people in and out.
        Verify = "verify",
        /// Read user data and most realm settings.
        Read = "read",
        /// Change user data.
        Write = "write",
        /// Change realm settings.
        AdminRealm = "admin_realm",
        /// Create and delete realms.
        AdminAccount = "admin_account",
    }
}

impl Access {
    /// Returns whether this right includes the needed one.
    ///
    /// `verify` and `read` do not include each other: `verify` checks and ends sessions by their token, `read` reads
    /// all users but ends no session. `write` includes both. Each later right includes all earlier ones.
    pub fn includes(self, needed: Self) -> bool {
        match needed {
            Self::Verify => self != Self::Read,
            Self::Read => self != Self::Verify,
            Self::Write => matches!(self, Self::Write | Self::AdminRealm | Self::AdminAccount),
            Self::AdminRealm => matches!(self, Self::AdminRealm | Self::AdminAccount),
            Self::AdminAccount => self == Self::AdminAccount,
        }
    }
}

/// The caller and the origin of its request.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Kind of caller.
    pub who: Who,
    /// Where the request came from; recorded in events and sessions.
    pub origin: Origin,
}

/// Kind of caller.
#[derive(Debug, Clone)]
pub enum Who {
    /// A server that uses one of the account's API keys.
    Key(ApiKey),
    /// A person at a LoginRocket page, who acts only for themselves.
    Visitor,
    /// The operator of this installation.
    System,
}

/// The end user's address and client: `request` on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// IP address as text.
    pub ip: Option<String>,
    /// User agent or app name.
    pub client: Option<String>,
    /// `lpl_…`: Connected App that serves the page.
    pub app: Option<String>,
    /// Trusted-browser cookie that the browser sent.
    pub browser: Option<KnownBrowser>,
    /// Form submission of a hosted page that caused this request.
    pub submission: Option<FormSubmission>,
}

impl Actor {
    /// Returns the operator as the caller, without an origin.
    pub fn system() -> Self {
        Self { who: Who::System, origin: Origin::default() }
    }

    /// Fails for an API key without this right.
    pub fn need(&self, access: Access) -> Result<()> {
        self.need_one_of(&[access])
    }

    /// Fails for an API key that has none of these rights.
    pub fn need_one_of(&self, rights: &[Access]) -> Result<()> {
        match &self.who {
            Who::Key(key) if !rights.iter().any(|needed| key.access.includes(*needed)) => {
                Err(Error::Denied("This API key lacks the right for this call".to_owned()))
            }
            Who::Key(_) | Who::Visitor | Who::System => Ok(()),
        }
    }

    /// Returns whether the caller has this right: decides about optional parts of a response.
    pub fn may(&self, access: Access) -> bool {
        self.need(access).is_ok()
    }

    /// Returns the account that limits which realms the caller can see. `None` for the operator, who sees all, and for
    /// visitors.
    pub(crate) fn account(&self) -> Option<&str> {
        match &self.who {
            Who::Key(key) => Some(&key.account_id),
            Who::Visitor | Who::System => None,
        }
    }

    /// Returns whether the caller's key may be used in this realm of its account.
    pub(crate) fn reaches(&self, realm_id: &str) -> bool {
        match &self.who {
            Who::Key(key) => key.realm_ids.as_ref().is_none_or(|realms| realms.0.iter().any(|realm| realm == realm_id)),
            Who::Visitor | Who::System => true,
        }
    }
}
