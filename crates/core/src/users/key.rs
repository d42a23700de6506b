//! How a user is referred to.

use gantry_crypto::id;

use super::names;

/// How a caller or a person refers to a user: by id, by username, or, where emails are unique, by email. No user's name is
/// another's address there, so that both are looked for in one statement, which takes as long for one as for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `usr_…`
    Id(String),
    /// Folded as it is stored.
    Username(String),
}

impl Key {
    /// Reads a path's segment or what a person typed. What cannot be a username is no user's.
    pub fn parse(text: &str) -> Self {
        if id::is("usr", text) {
            return Self::Id(text.to_owned());
        }
        Self::Username(names::username(text).or_else(|_| names::email(text)).unwrap_or_default())
    }
}
