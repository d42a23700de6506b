//! A password as the user typed it.
//!
//! Guarantees Unicode NFC, so that a password has the same bytes on every system; between 1 and [`MAX_CHARACTERS`]
//! characters, checked before anything expensive happens; wiped from memory when dropped; no `Debug`, no `Display`, no
//! `Clone`.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Maximum length of a password, in characters after normalisation.
pub const MAX_CHARACTERS: usize = 256;

/// Maximum length of the input in bytes. A longer text cannot normalise to [`MAX_CHARACTERS`] or fewer, because NFC
/// joins at most four characters of at most four bytes each into one. So even megabytes of input are refused without
/// being read.
const MAX_INPUT_BYTES: usize = MAX_CHARACTERS * 4 * 4;

/// A password, normalised and of valid length.
pub struct Password {
    normalised: Zeroizing<String>,
    /// The text as typed, if normalisation changed it: other software may have hashed that.
    typed: Option<Zeroizing<String>>,
}

/// Reason why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The text is empty.
    #[error("the password is empty")]
    Empty,
    /// The text has more than [`MAX_CHARACTERS`] characters.
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
        // Allocated once: a growing string would leave copies in memory.
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

    /// Returns the normalised text, to check its strength. Must not get into logs, messages or storage.
    pub fn expose(&self) -> &str {
        &self.normalised
    }

    /// Returns the text as typed, if normalisation changed it: other software may have hashed that.
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
        // Four characters become one: the longest input that normalises to 256 characters (U+1F82).
        let longest = "\u{3B1}\u{313}\u{300}\u{345}".repeat(256);
        assert_eq!(new(&longest), Ok("\u{1F82}".repeat(256)));
        assert_eq!(new(&"x".repeat(1 << 20)), Err(PasswordError::TooLong));
        assert_eq!(new(&"\u{301}".repeat(1 << 20)), Err(PasswordError::TooLong));
    }
}
