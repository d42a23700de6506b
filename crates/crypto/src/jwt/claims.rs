//! What a login token says, in the names of the wire.
//!
//! Guarantees the claim names and types of AuthRocket 1; what is `None` is left out, never sent as `null`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The claims of a login token. Times are epoch **seconds**, as RFC 7519 has them. Unknown claims are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// Issued at: the session's creation, epoch seconds.
    pub iat: i64,
    /// Expiry, epoch seconds; `None` for sessions without end.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "not_null")]
    pub exp: Option<i64>,
    /// Realm id, `rl_…`, where the realm wants it told: most libraries refuse a token with an audience that they were not
    /// given, and AuthRocket's tokens have none.
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
    /// Permissions.
    pub p: Vec<String>,
    /// Org id, `org_…`; `None` for a membership without org.
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

/// A claim that is there must have its type: read as "absent", a `null` would make a token that never ends, or one for
/// everybody.
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
