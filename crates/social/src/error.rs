//! Errors of provider requests. No variant contains a token, a code or a user's email address.

/// Reason why a login at a provider failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refusal or failure of core.
    #[error(transparent)]
    Core(#[from] gantry_core::Error),
    /// The provider cannot be reached, is broken, or sends an invalid response.
    #[error("the provider gives no usable answer: {0}")]
    Unreachable(String),
    /// The provider refused the code or the token. Contains its error code, reduced to letters, digits, `_` and `-`.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The provider's response does not belong to this login.
    #[error("the provider's word is not to be trusted: {0}")]
    Distrusted(&'static str),
    /// The provider offers no way to verify which client a token was issued to, so it cannot be used for a login.
    #[error("the provider cannot tell for whom a token was issued")]
    Unchecked,
}

/// How long a failure is cached before the provider is asked again, in milliseconds.
pub(crate) const FAILED_MS: i64 = 5_000;

impl Error {
    /// Returns a copy of the error for a cached failure.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Core(error) => Self::Unreachable(error.to_string()),
            Self::Unreachable(why) => Self::Unreachable(why.clone()),
            Self::Refused(why) => Self::Refused(why.clone()),
            Self::Distrusted(why) => Self::Distrusted(why),
            Self::Unchecked => Self::Unchecked,
        }
    }
}

/// Result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Reduces a provider's error code to characters that are safe in a log and on a page.
pub(crate) fn word(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let word: String = text.chars().filter(plain).take(64).collect();
    if word.is_empty() { "error".to_owned() } else { word }
}
