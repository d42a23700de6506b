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

/// Link that the portal shows next to the realm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceLink {
    /// Developer's own term for the target of the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// Text of the link.
    pub title: String,
    /// HTTP or HTTPS address.
    pub link_url: String,
}

words! {
    /// Which usernames people may have.
    pub enum UsernameValidation {
        /// Any valid username.
        Standard = "standard",
        /// An email address.
        Email = "email",
    }
}

words! {
    /// How users' API keys are stored.
    pub enum ApiKeyPolicy {
        /// Encrypted, so that they can be shown again.
        Encrypt = "encrypt",
        /// Hashed, so that they cannot be shown again.
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
    /// Optional content of a login token.
    pub enum JwtField {
        /// Custom attributes.
        Custom = "custom",
        /// Memberships of the user.
        Memberships = "memberships",
        /// Orgs of those memberships.
        Orgs = "orgs",
    }
}

words! {
    /// How events record the names of failed logins of unknown users: people type passwords there, too.
    pub enum FailedLoginNames {
        /// As a keyed hash, which still shows that two names are equal.
        Hashed = "hashed",
        /// As they were sent.
        Shown = "shown",
    }
}

words! {
    /// Whether logins are kept on record.
    pub enum SessionType {
        /// Sessions are stored, can be listed and can be revoked.
        Managed = "managed",
        /// Only the token exists.
        Unmanaged = "unmanaged",
    }
}
