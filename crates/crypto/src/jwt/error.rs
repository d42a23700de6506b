//! Why a token or a key was refused.
//!
//! Guarantees that no variant carries anything of the token or the key, so that it may be logged as it is.

/// Why a token or a key was refused. To a caller outside, every one of them means "not logged in".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// The key cannot be used: too short a secret, not a PEM of the right kind, an RSA key under 2,048 bits.
    #[error("the key cannot be used")]
    Key,
    /// Not three parts of base64url with JSON inside, or too long.
    #[error("not a token")]
    Malformed,
    /// `alg` is not the key's algorithm.
    #[error("another algorithm than the key's")]
    Algorithm,
    /// `typ` is not `JWT`, or there is a `crit`.
    #[error("a type or an extension that is not accepted")]
    Header,
    /// `kid` names another key.
    #[error("another key's id")]
    KeyId,
    /// The signature is not of this key over this text.
    #[error("wrong signature")]
    Signature,
    /// A required claim is missing or of the wrong type.
    #[error("claims are missing or of the wrong type")]
    Claims,
    /// `aud` is another realm.
    #[error("meant for another audience")]
    Audience,
    /// `exp` has come.
    #[error("expired")]
    Expired,
}
