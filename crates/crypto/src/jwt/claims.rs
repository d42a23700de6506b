//! Claims of a login token, under their names in the JSON.
//!
//! Guarantees the claim names and types of AuthRocket 1. Claims that are `None` are omitted, never sent as `null`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The claims of a login token. Times are in epoch **seconds** (RFC 7519). Unknown claims are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Issued at: the session's creation, epoch seconds.
    pub iat: i64,
    /// Expiry, epoch seconds; `None` for sessions that do not expire.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_null")]
    pub exp: Option<i64>,
    /// Realm id, `rl_…`, if the realm enables this claim: most libraries refuse a token with an audience that they do
    /// not expect, and AuthRocket's tokens have none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_null")]
    pub aud: Option<String>,
    /// Session id (`kss_…`), or `kst_…` for an unmanaged session.
    pub tk: String,
    /// User id, `usr_…`.
    pub uid: String,
    /// Username.
    pub un: String,
    /// Full name.
    pub n: String,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#fn: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ln: Option<String>,
    /// The user's custom attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cs: Option<Map<String, Value>>,
    /// The user's memberships.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<Vec<MembershipClaim>>,
}

/// One membership in a login token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MembershipClaim {
    /// Permissions of the membership.
    pub p: Vec<String>,
    /// Org id, `org_…`; `None` for a membership without an org.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
    /// Org name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub o: Option<String>,
    /// The membership's custom attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cs: Option<Map<String, Value>>,
    /// The org's custom attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ocs: Option<Map<String, Value>>,
}

/// Refuses `null`. If `null` counted as absent, the token would never expire or would be valid for every audience.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
