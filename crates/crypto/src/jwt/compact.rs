//! The compact form of a token: three parts of base64url joined by dots.
//!
//! Guarantees that nothing longer than [`MAX_BYTES`] is decoded, that exactly three parts are accepted, and that
//! base64url is read strictly (no padding, no spare bits), so that one token has one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{Claims, JwtError};

/// The longest token that is looked at, 16 KiB: more than fits into the headers most servers accept.
pub const MAX_BYTES: usize = 16 * 1024;

/// A token that was read once, none of which may be believed: it tells by which key it should be verified, and
/// [`VerifyingKey::verify_read`](super::VerifyingKey::verify_read) turns it into claims.
pub struct Unverified<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) header: Header,
    pub(super) claims: Claims,
}

impl<'a> Unverified<'a> {
    /// Reads a token; `None` for what is none, lacks a claim, or is longer than [`MAX_BYTES`].
    pub fn read(token: &'a str) -> Option<Self> {
        let parts = Parts::split(token).ok()?;
        let header = parse(parts.header).ok()?;
        let claims = parse(parts.payload).ok()?;
        Some(Self { parts, header, claims })
    }

    /// The id of the key it says it was signed with.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The session it says it belongs to.
    pub fn tk(&self) -> &str {
        &self.claims.tk
    }
}

/// A token taken apart, nothing decoded yet.
pub(super) struct Parts<'a> {
    /// What the signature covers: header, dot, payload.
    pub(super) signed: &'a str,
    pub(super) header: &'a str,
    pub(super) payload: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, JwtError> {
        if token.len() > MAX_BYTES {
            return Err(JwtError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed)?;
        // A fourth part would leave a dot in `payload`, which base64url then refuses.
        let (header, payload) = signed.split_once('.').ok_or(JwtError::Malformed)?;
        Ok(Self { signed, header, payload, signature })
    }
}

/// The members of a header that Gantry reads; the rest (`jwk`, `jku`, `x5u`, `x5c`, …) is skipped unread.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: Option<String>,
    pub(super) kid: Option<String>,
    /// Whether there is a `crit`, whatever it holds: no extension is known here, so none is accepted.
    #[serde(default, rename = "crit", deserialize_with = "present")]
    pub(super) critical: bool,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// The bytes of base64url, if it is that.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes one part.
pub(super) fn parse<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| JwtError::Malformed)
}
