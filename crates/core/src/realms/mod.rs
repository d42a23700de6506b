//! Realms: separate stores of users, each with its own settings and keys.

mod fields;
mod resolve;
mod rules;
mod store;
mod upkeep;

pub use resolve::resolve;
pub use rules::{OFFER, create, delete, enter, find, list, named, of_account, reset, update};
pub(crate) use rules::{furnish, lock, prepare_new, prepare_system_realm, read, set_jwt_algo};
pub use store::{Holding, Realm, statements};
pub use upkeep::{every, forget_deleted};

use serde::{Deserialize, Serialize};

use crate::words::words;

/// A link that the portal shows beside the realm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLink {
    /// The developer's own word for what it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// What people read.
    pub title: String,
    /// An http or https address.
    pub link_url: String,
}

words! {
    /// What a human's username may be.
    pub enum UsernameValidation {
        /// Any text that a username can be.
        Standard = "standard",
        /// An email address.
        Email = "email",
    }
}

words! {
    /// How users' API keys are kept.
    pub enum ApiKeyPolicy {
        /// Readable later.
        Encrypt = "encrypt",
        /// One way.
        Hash = "hash",
    }
}

words! {
    /// How login tokens are signed.
    pub enum JwtAlgo {
        /// HMAC with SHA-256.
        Hs256 = "hs256",
        /// RSA PKCS#1 v1.5 with SHA-256.
        Rs256 = "rs256",
    }
}

words! {
    /// What else a login token tells.
    pub enum JwtField {
        /// Custom attributes.
        Custom = "custom",
        /// Memberships.
        Memberships = "memberships",
        /// The memberships' orgs.
        Orgs = "orgs",
    }
}

words! {
    /// How events tell names that were tried at a login and are nobody's: people type passwords there, too.
    pub enum FailedLoginNames {
        /// As a keyed hash, so that equal names can be seen to be equal.
        Hashed = "hashed",
        /// As they were sent.
        Shown = "shown",
    }
}

words! {
    /// Whether logins are kept on record.
    pub enum SessionType {
        /// Kept, listed, ended early.
        Managed = "managed",
        /// Only the token exists.
        Unmanaged = "unmanaged",
    }
}
