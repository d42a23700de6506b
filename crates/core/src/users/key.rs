//! Ways to reference a user: id or username.

use gantry_crypto::id;

use super::names;

/// Reference to a user: id, username, or, where emails are unique, email. There, no username equals another user's
/// address, so one statement looks for both and takes equally long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `usr_…`
    Id(String),
    /// Username, folded as it is stored.
    Username(String),
}

impl Key {
    /// Parses a path segment or typed text. A text that cannot be a username matches no user.
    pub fn parse(text: &str) -> Self {
        if id::is("usr", text) {
            return Self::Id(text.to_owned());
        }
        Self::Username(names::username(text).or_else(|_| names::email(text)).unwrap_or_default())
    }
}
