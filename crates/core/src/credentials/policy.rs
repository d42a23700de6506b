//! The realm's rules for new passwords.
//!
//! Lengths are counted in characters. Whatever the settings, a password is refused that a guesser tries first: one of
//! the common passwords that zxcvbn knows, the user's own name, or a simple change of either.

use serde::{Deserialize, Serialize};
use zxcvbn::zxcvbn;

use crate::error::FieldError;
use crate::words::words;

/// zxcvbn's work grows with the length, and beyond this a password is not weak for being common.
const LONGEST_GUESSED: usize = 100;

/// Passwords that fall within so many guesses are common.
const COMMON_GUESSES: u64 = 10_000;

words! {
    /// A kind of character that a password may have to have.
    pub enum RequiredChars {
        /// A lower-case letter.
        Lower = "lower",
        /// A capital letter.
        Upper = "upper",
        /// A digit.
        Digit = "digit",
        /// Anything else.
        Special = "special",
    }
}

/// The settings of the `password` provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub min_length: u32,
    /// Lowest zxcvbn score, 0 to 4.
    pub min_complexity: u8,
    /// Kinds of characters that have to be there.
    pub required_chars: Vec<RequiredChars>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 8, min_complexity: 0, required_chars: Vec::new() }
    }
}

impl RequiredChars {
    fn is_in(self, password: &str) -> bool {
        password.chars().any(|c| match self {
            Self::Lower => c.is_lowercase(),
            Self::Upper => c.is_uppercase(),
            Self::Digit => c.is_numeric(),
            Self::Special => !c.is_alphanumeric(),
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Lower => "a lower-case letter",
            Self::Upper => "a capital letter",
            Self::Digit => "a digit",
            Self::Special => "a special character",
        }
    }
}

impl PasswordPolicy {
    /// Checks a new password. `inputs` are what the person is called, which no password may be.
    pub fn check(&self, password: &str, inputs: &[&str]) -> Result<(), FieldError> {
        let refuse = |code, text: String| Err(FieldError::new("password", code, format!("Password {text}")));
        if password.chars().count() < self.min_length as usize {
            return refuse("too_short", format!("is too short (at least {} characters)", self.min_length));
        }
        if let Some(missing) = self.required_chars.iter().find(|kind| !kind.is_in(password)) {
            return refuse("missing_character", format!("must have {}", missing.words()));
        }
        let guessed: String = password.chars().take(LONGEST_GUESSED).collect();
        let estimate = zxcvbn(&guessed, inputs);
        if estimate.guesses() < COMMON_GUESSES {
            return refuse("too_common", "is too common or too easy to guess".to_owned());
        }
        if u8::from(estimate.score()) < self.min_complexity {
            return refuse("too_weak", "is too weak, please make it longer or less predictable".to_owned());
        }
        Ok(())
    }

    /// The rules in words, for forms.
    pub fn hint(&self) -> String {
        let mut hint = format!("At least {} characters", self.min_length);
        for (at, kind) in self.required_chars.iter().enumerate() {
            hint.push_str(if at == 0 { ", with " } else { " and " });
            hint.push_str(kind.words());
        }
        hint.push('.');
        hint
    }
}
