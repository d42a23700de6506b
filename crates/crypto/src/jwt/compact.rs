//! The compact form of a token: three parts of base64url joined by dots.
//!
//! Guarantees that nothing longer than [`MAX_BYTES`] is decoded, that exactly three parts are accepted, and that
//! base64url is read strictly (no padding, no spare bits), so that each token has exactly one encoding.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::{Claims, JwtError};

/// Maximum length of a token, 16 KiB: more than fits into the headers that most servers accept.
pub const MAX_BYTES: usize = 16 * 1024;

/// Decoded token whose signature is not verified yet, so its content must not be trusted. It names the key for the
/// verification; [`VerifyingKey::verify_read`](super::VerifyingKey::verify_read) then returns its claims.
pub struct Unverified<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) header: Header,
    pub(super) claims: Claims,
}

impl<'a> Unverified<'a> {
    /// Decodes a token. Returns `None` if it is malformed, lacks a claim or is longer than [`MAX_BYTES`].
    pub fn read(token: &'a str) -> Option<Self> {
        let parts = Parts::split(token).ok()?;
        let header = parse(parts.header).ok()?;
        let claims = parse(parts.payload).ok()?;
        Some(Self { parts, header, claims })
    }

    /// Returns the id of the key that the token claims to be signed with.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Returns the id of the session that the token claims to belong to.
    pub fn tk(&self) -> &str {
        &self.claims.tk
    }
}

/// The parts of a token, still encoded.
pub(super) struct Parts<'a> {
    /// The signed text: header, dot, payload.
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

/// The header parameters that Gantry reads; others (`jwk`, `jku`, `x5u`, `x5c`, …) are ignored.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: Option<String>,
    pub(super) kid: Option<String>,
    /// Whether the header has a `crit`, with any value. No extension is supported, so all are refused.
    #[serde(default, rename = "crit", deserialize_with = "present")]
    pub(super) critical: bool,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// Decodes base64url; `None` if the text is invalid.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes one part of a token: base64url of JSON.
pub(super) fn parse<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| JwtError::Malformed)
}
