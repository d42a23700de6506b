//! The compact form of a token: three parts of base64url joined by dots.
//!
//! Guarantees that nothing longer than [`MAX_BYTES`] is decoded, that exactly three parts are accepted, and that
//! base64url is read strictly (no padding, no spare bits), so that one token has one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::JwtError;

/// The longest token that is looked at, 16 KiB: more than fits into the headers most servers accept.
pub const MAX_BYTES: usize = 16 * 1024;

/// What a token claims about itself, **unverified**.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peek {
    /// The id of the key it says it was signed with.
    pub kid: Option<String>,
    /// The session it says it belongs to.
    pub tk: String,
}

/// Reads `kid` and `tk` without verifying anything, only to find the row whose key then verifies the token.
/// `None` for what is no token, or longer than [`MAX_BYTES`].
pub fn peek(token: &str) -> Option<Peek> {
    #[derive(Deserialize)]
    struct Session {
        tk: String,
    }
    let parts = Parts::split(token).ok()?;
    let header: Header = parse(parts.header).ok()?;
    let session: Session = parse(parts.payload).ok()?;
    Some(Peek { kid: header.kid, tk: session.tk })
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

/// Decodes one part.
pub(super) fn parse<T: DeserializeOwned>(part: &str) -> Result<T, JwtError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| JwtError::Malformed)
}
