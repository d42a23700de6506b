//! What a user is called.

use gantry_crypto::id;

use super::names;

/// What a user is called in a path: its id, or its username in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `usr_…`
    Id(String),
    /// Folded as it is stored.
    Username(String),
}

impl Key {
    /// Reads a path's segment. What cannot be a username is nobody's.
    pub fn parse(text: &str) -> Self {
        if id::is("usr", text) {
            return Self::Id(text.to_owned());
        }
        Self::Username(names::username(text).or_else(|_| names::email(text)).unwrap_or_default())
    }
}
