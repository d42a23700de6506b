//! What can go wrong with a provider. No variant holds a token, a code or an address of a person.

/// Why a login at a provider came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The product said no, or failed.
    #[error(transparent)]
    Core(#[from] gantry_core::Error),
    /// The provider cannot be reached, is broken, or answers with what nobody can read.
    #[error("the provider gives no usable answer: {0}")]
    Unreachable(String),
    /// The provider said no to the code or the token. Its word for it, of letters, digits, `_` and `-` only.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// What the provider said does not belong to this login.
    #[error("the provider's word is not to be trusted: {0}")]
    Distrusted(&'static str),
    /// The provider has no way to tell for whom a token was issued, so nobody may log in with one.
    #[error("the provider cannot tell for whom a token was issued")]
    Unchecked,
}

/// How long a failure is told again without asking, where there is nothing else to go by.
pub(crate) const FAILED_MS: i64 = 5_000;

impl Error {
    /// The same, for whoever comes soon after.
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

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A provider's word for an error, cut to what may stand in a log and on a page.
pub(crate) fn word(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let word: String = text.chars().filter(plain).take(64).collect();
    if word.is_empty() { "error".to_owned() } else { word }
}
