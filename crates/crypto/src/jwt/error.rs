//! Errors of tokens and keys.
//!
//! Guarantees that no variant contains any part of the token or the key, so that errors can be logged as they are.

/// Reason why a token or a key was refused. To external callers, each of them means "not logged in".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// The key cannot be used: the secret is too short or too regular, the PEM is not of the right type, or the RSA key
    /// has fewer than 2,048 bits.
    #[error("the key cannot be used")]
    Key,
    /// The token is not three parts of base64url with JSON, or is too long.
    #[error("not a token")]
    Malformed,
    /// `alg` is not the key's algorithm.
    #[error("another algorithm than the key's")]
    Algorithm,
    /// `typ` is not `JWT`, or the header has a `crit`.
    #[error("a type or an extension that is not accepted")]
    Header,
    /// `kid` names another key.
    #[error("another key's id")]
    KeyId,
    /// The signature does not match this key and this token.
    #[error("wrong signature")]
    Signature,
    /// A required claim is missing or of the wrong type.
    #[error("claims are missing or of the wrong type")]
    Claims,
    /// `aud` is not the expected realm.
    #[error("meant for another audience")]
    Audience,
    /// `exp` has been reached.
    #[error("expired")]
    Expired,
}
