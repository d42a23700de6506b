//! Who asks: the proof a surface obtains once and every rule receives.

use crate::api_keys::ApiKey;
use crate::error::{Error, Result};
use crate::form_submissions::FormSubmission;
use crate::known_browsers::KnownBrowser;
use crate::words::words;

words! {
    /// How much an API key may do: see [`Access::includes`].
    pub enum Access {
        /// Check and end sessions by their token, and nothing else: for an app that only logs people in and out.
        Verify = "verify",
        /// Read user data and most realm settings.
        Read = "read",
        /// Change user data.
        Write = "write",
        /// Change realm settings.
        AdminRealm = "admin_realm",
        /// Make and delete realms.
        AdminAccount = "admin_account",
    }
}

impl Access {
    /// Whether a key with this right may do what needs the other one.
    ///
    /// `verify` and `read` stand side by side: the one checks and ends a session whose token it has, the other reads all users
    /// and ends nothing. `write` includes both, and each right after it those before.
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

/// Who asks, and from where.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// Where the request that caused this came from; goes onto events and sessions.
    pub origin: Origin,
}

/// The kinds of caller.
#[derive(Debug, Clone)]
pub enum Who {
    /// A server with one of the account's API keys.
    Key(ApiKey),
    /// A person at a LoginRocket page, acting for nobody but themselves.
    Visitor,
    /// The operator of this installation.
    System,
}

/// The end user's address and client: `request` on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// An IP address as text.
    pub ip: Option<String>,
    /// A user agent or app name.
    pub client: Option<String>,
    /// `lpl_` of the Connected App on whose pages it is.
    pub app: Option<String>,
    /// What the browser sent to show that it is known.
    pub browser: Option<KnownBrowser>,
    /// The form of a hosted page that this is done for.
    pub submission: Option<FormSubmission>,
}

impl Actor {
    /// The operator.
    pub fn system() -> Self {
        Self { who: Who::System, origin: Origin::default() }
    }

    /// Refuses an API key without this right.
    pub fn need(&self, access: Access) -> Result<()> {
        self.need_one_of(&[access])
    }

    /// Refuses an API key that has none of these rights.
    pub fn need_one_of(&self, rights: &[Access]) -> Result<()> {
        match &self.who {
            Who::Key(key) if !rights.iter().any(|needed| key.access.includes(*needed)) => {
                Err(Error::Denied("This API key lacks the right for this call".to_owned()))
            }
            Who::Key(_) | Who::Visitor | Who::System => Ok(()),
        }
    }

    /// Whether it may do what needs this right: for what an answer tells besides.
    pub fn may(&self, access: Access) -> bool {
        self.need(access).is_ok()
    }

    /// The account whose realms this caller sees; the operator sees all.
    pub(crate) fn account(&self) -> Option<&str> {
        match &self.who {
            Who::Key(key) => Some(&key.account_id),
            Who::Visitor | Who::System => None,
        }
    }

    /// Whether the caller's key may work in this realm of its account.
    pub(crate) fn reaches(&self, realm_id: &str) -> bool {
        match &self.who {
            Who::Key(key) => key.realm_ids.as_ref().is_none_or(|realms| realms.0.iter().any(|realm| realm == realm_id)),
            Who::Visitor | Who::System => true,
        }
    }
}
