//! A password as someone typed it.
//!
//! Guarantees Unicode NFC, so that the same password typed on two systems is the same bytes; between 1 and
//! [`MAX_CHARACTERS`] characters, settled before anything expensive happens; wiped from memory when dropped; no
//! `Debug`, no `Display`, no `Clone`.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The longest password, in characters after normalisation.
pub const MAX_CHARACTERS: usize = 256;

/// No text longer than this normalises to [`MAX_CHARACTERS`] or less: NFC joins at most four characters into one, of
/// at most four bytes each. So longer input is refused unread, megabytes of it too.
const MAX_INPUT_BYTES: usize = MAX_CHARACTERS * 4 * 4;

/// A password, normalised and within bounds.
pub struct Password {
    normalised: Zeroizing<String>,
    /// Where it differs: other software hashed what was typed.
    typed: Option<Zeroizing<String>>,
}

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing there.
    #[error("the password is empty")]
    Empty,
    /// More than [`MAX_CHARACTERS`] characters.
    #[error("the password is longer than {MAX_CHARACTERS} characters")]
    TooLong,
}

impl Password {
    /// Normalises `text` and checks its length.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        if text.is_empty() {
            return Err(PasswordError::Empty);
        }
        if text.len() > MAX_INPUT_BYTES {
            return Err(PasswordError::TooLong);
        }
        // Room for the longest password at once: a growing string would leave copies behind.
        let mut password = Zeroizing::new(String::with_capacity(MAX_CHARACTERS * 4));
        for (count, character) in text.nfc().enumerate() {
            if count == MAX_CHARACTERS {
                return Err(PasswordError::TooLong);
            }
            password.push(character);
        }
        let typed = (*password != text).then(|| Zeroizing::new(text.to_owned()));
        Ok(Self { normalised: password, typed })
    }

    /// The normalised text, for rules about its strength. Not for logs, messages or storage.
    pub fn expose(&self) -> &str {
        &self.normalised
    }

    /// What software may have hashed that does not normalise: the text as typed, where that differs.
    pub(super) fn typed(&self) -> Option<&str> {
        self.typed.as_ref().map(|typed| typed.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(text: &str) -> Result<String, PasswordError> {
        Password::new(text).map(|password| password.expose().to_owned())
    }

    #[test]
    fn spellings_of_one_text_are_one_password() {
        // Unicode Standard Annex 15, figure 3 and 4: Å in three spellings; ﬁ stays, being a compatibility character.
        assert_eq!(new("A\u{30A}"), new("\u{C5}"));
        assert_eq!(new("\u{212B}"), new("\u{C5}"));
        assert_ne!(new("\u{FB01}"), new("fi"));
    }

    #[test]
    fn case_and_space_are_kept() {
        assert_eq!(new(" Correct horse\t "), Ok(" Correct horse\t ".to_owned()));
    }

    #[test]
    fn bounds_count_characters_after_normalisation() {
        assert_eq!(new(""), Err(PasswordError::Empty));
        for character in ["x", "é", "漢", "😀"] {
            assert!(new(&character.repeat(256)).is_ok(), "256 × {character}");
            assert_eq!(new(&character.repeat(257)), Err(PasswordError::TooLong), "257 × {character}");
        }
        assert_eq!(new(&"e\u{301}".repeat(256)), Ok("é".repeat(256)));
        // Four characters in, one out, and the longest NFC input there is for 256 characters (U+1F82).
        let longest = "\u{3B1}\u{313}\u{300}\u{345}".repeat(256);
        assert_eq!(new(&longest), Ok("\u{1F82}".repeat(256)));
        assert_eq!(new(&"x".repeat(1 << 20)), Err(PasswordError::TooLong));
        assert_eq!(new(&"\u{301}".repeat(1 << 20)), Err(PasswordError::TooLong));
    }
}
