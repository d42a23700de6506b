//! The realm's rules for new passwords.
//!
//! Lengths are counted in characters; the maximum is defined by `gantry_crypto::password`. Regardless of the settings,
//! easily guessed passwords are refused: common passwords known to zxcvbn, the user's own name, and simple variations
//! of either.

use gantry_crypto::{Random, token};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zxcvbn::{Entropy, zxcvbn};

use crate::error::FieldError;
use crate::words::words;

/// Number of leading characters that are estimated. zxcvbn's cost grows faster than the length, and a longer password
/// is not weak because it is common.
const LONGEST_GUESSED: usize = 40;

/// Symbols that zxcvbn also reads as letters, each with a replacement that it does not. zxcvbn tries all combinations
/// of the symbols that occur, so ten kinds of them take a second instead of a millisecond. zxcvbn reads digits as
/// letters, too, but digits must not be replaced.
const LIKE_LETTERS: [(char, char); 10] = [
    ('@', '~'),
    ('(', '^'),
    ('{', '&'),
    ('[', '*'),
    ('<', '-'),
    ('!', '='),
    ('|', ';'),
    ('$', ':'),
    ('+', ','),
    ('%', '?'),
];

/// How many kinds of these symbols are kept in a password: more than a typical disguised word contains.
const MOST_LIKE_LETTERS: usize = 3;

/// A password that needs fewer guesses is common. This covers all 30,000 passwords in zxcvbn's list, their simple
/// variations (`P@ssw0rd1`, `letmein123`), and 82 % of the passwords of eight characters or more in Django's list.
const COMMON_GUESSES: u64 = 100_000;

words! {
    /// Kind of character that a policy can require.
    pub enum RequiredChars {
        /// A lower-case letter.
        Lower = "lower",
        /// A capital letter.
        Upper = "upper",
        /// A digit.
        Digit = "digit",
        /// Any other character.
        Special = "special",
    }
}

/// The settings of the `password` provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// Minimum number of characters.
    pub min_length: u32,
    /// Minimum zxcvbn score, 0 to 4.
    pub min_complexity: u8,
    /// Kinds of characters that a password must contain.
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

    /// Error code if this kind of character is missing.
    fn code(self) -> &'static str {
        match self {
            Self::Lower => "needs_lower",
            Self::Upper => "needs_upper",
            Self::Digit => "needs_digit",
            Self::Special => "needs_special",
        }
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
    /// Generates a password that satisfies the policy, in groups that are easy to read out and to type. Five characters
    /// out of 62 are almost 30 bits, so four groups cannot be guessed.
    pub(crate) fn generate(&self, random: &Random) -> SecretString {
        const GROUP: usize = 5;
        const LEAST_GROUPS: usize = 4;
        let groups = LEAST_GROUPS.max((self.min_length as usize).div_ceil(GROUP));
        loop {
            let mut parts = Vec::with_capacity(groups);
            while parts.len() < groups {
                parts.push(token::generate(None, random)[..GROUP].to_owned());
            }
            let password = parts.join("-");
            if self.check(&password, &[]).is_ok() {
                return SecretString::from(password);
            }
        }
    }

    /// Checks a new password. Returns its zxcvbn score, 0 to 4. `inputs` are the names of the user, which must not be
    /// used as a password; for an email address, this includes the part before its `@`.
    pub fn check(&self, password: &str, inputs: &[&str]) -> Result<u8, FieldError> {
        let refuse = |code, text: String| Err(FieldError::new("password", code, format!("Password {text}")));
        if password.chars().count() < self.min_length as usize {
            return refuse("too_short", format!("is too short (at least {} characters)", self.min_length));
        }
        if let Some(missing) = self.required_chars.iter().find(|kind| !kind.is_in(password)) {
            return refuse(missing.code(), format!("must have {}", missing.words()));
        }
        let estimate = estimate(password, inputs);
        if estimate.guesses() < COMMON_GUESSES {
            return refuse("too_common", "is too common or too easy to guess".to_owned());
        }
        let score = u8::from(estimate.score());
        if score < self.min_complexity {
            return refuse("too_weak", "is too weak, please make it longer or less predictable".to_owned());
        }
        Ok(score)
    }
}

fn estimate(password: &str, inputs: &[&str]) -> Entropy {
    let guessed = guessed(password);
    let names: Vec<&str> = inputs.iter().flat_map(|input| [*input, input.split('@').next().unwrap_or(input)]).collect();
    zxcvbn(&guessed, &names)
}

/// Shortens the password and replaces symbols, so that zxcvbn takes milliseconds at most.
fn guessed(password: &str) -> String {
    let mut kinds = Vec::new();
    let plain = |sign: char| {
        let Some((_, plain)) = LIKE_LETTERS.iter().find(|(known, _)| *known == sign) else { return sign };
        if !kinds.contains(&sign) && kinds.len() < MOST_LIKE_LETTERS {
            kinds.push(sign);
        }
        if kinds.contains(&sign) { sign } else { *plain }
    };
    password.chars().take(LONGEST_GUESSED).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(policy: &PasswordPolicy, password: &str) -> Option<&'static str> {
        let refused = policy.check(password, &["ada.lovelace@example.com", "Ada", "Lovelace"]).err()?;
        assert_eq!(refused.field, "password");
        assert!(refused.text.starts_with("Password "), "{}", refused.text);
        assert!(password.is_empty() || !refused.text.contains(password), "a sentence never repeats the password");
        Some(refused.code)
    }

    #[test]
    fn settings_have_the_names_and_defaults_of_the_provider() {
        let read = |text: &str| serde_json::from_str::<PasswordPolicy>(text);
        assert_eq!(read("{}").expect("all defaults"), PasswordPolicy::default());
        let default = PasswordPolicy::default();
        assert_eq!((default.min_length, default.min_complexity, default.required_chars.len()), (8, 0, 0));
        let text = r#"{"min_length":10,"min_complexity":3,"required_chars":["lower","upper","digit","special"]}"#;
        let set = read(text).expect("the documented words");
        assert_eq!(serde_json::to_string(&set).expect("JSON"), text);
        assert!(read(r#"{"required_chars":["emoji"]}"#).is_err());
    }

    #[test]
    fn generated_passwords_keep_the_strictest_rules() {
        use secrecy::ExposeSecret as _;
        let required_chars =
            vec![RequiredChars::Lower, RequiredChars::Upper, RequiredChars::Digit, RequiredChars::Special];
        for min_length in [1, 8, 23, 24, 128] {
            let policy = PasswordPolicy { min_length, min_complexity: 4, required_chars: required_chars.clone() };
            let password = policy.generate(&Random::seeded(u64::from(min_length)));
            let password = password.expose_secret();
            assert_eq!(code(&policy, password), None, "{password}");
            assert!(password.len() >= 23 && password.len() <= 256, "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let policy = PasswordPolicy { min_length: 12, ..PasswordPolicy::default() };
        assert_eq!(code(&policy, "žluťoučkýk."), Some("too_short"), "11 characters in 15 bytes");
        assert_eq!(code(&policy, "žluťoučkýkůň"), None, "12 characters");
        assert_eq!(code(&PasswordPolicy::default(), ""), Some("too_short"));
        let text = policy.check("short", &[]).expect_err("too short").text;
        assert_eq!(text, "Password is too short (at least 12 characters)");
    }

    /// From the list of common passwords that Django ships, and simple variations of them.
    #[test]
    fn common_passwords_are_refused_whatever_the_settings() {
        for password in [
            "password",
            "12345678",
            "123456789",
            "1234567890",
            "qwertyuiop",
            "iloveyou",
            "password1",
            "princess",
            "sunshine",
            "football",
            "baseball",
            "superman",
            "trustno1",
            "1qaz2wsx",
            "qwerty123",
            "letmein123",
            "11111111",
            "00000000",
            "abcd1234",
            "PASSWORD",
            "P@ssw0rd1",
            "Password1!",
            "drowssap",
            "aaaaaaaaaaaa",
            "abcdefgh",
        ] {
            assert_eq!(code(&PasswordPolicy::default(), password), Some("too_common"), "{password}");
        }
    }

    #[test]
    fn the_own_name_is_refused() {
        for password in ["ada.lovelace@example.com", "ada.lovelace", "Lovelace", "lovelace1", "ecalevol"] {
            assert_eq!(code(&PasswordPolicy::default(), password), Some("too_common"), "{password}");
        }
    }

    #[test]
    fn good_passwords_pass_the_default() {
        for password in [
            "correct horse battery staple",
            "tr0mbone-under-glass",
            "xK4#pq9Zw",
            "пароль от чердака",
            "🦀🐘🦊🐢 und so",
        ] {
            assert_eq!(code(&PasswordPolicy::default(), password), None, "{password}");
        }
    }

    #[test]
    fn complexity_is_the_score_of_zxcvbn() {
        // The scores are from zxcvbn's own demo page.
        let at_least = |min_complexity| PasswordPolicy { min_complexity, ..PasswordPolicy::default() };
        assert_eq!(code(&at_least(4), "correcthorsebatterystaple"), None, "score 4");
        assert_eq!(code(&at_least(2), "Tr0ub4dour&3"), None, "score 2");
        assert_eq!(code(&at_least(3), "Tr0ub4dour&3"), Some("too_weak"), "score 2");
        assert_eq!(code(&at_least(4), "password"), Some("too_common"));
    }

    #[test]
    fn required_characters_have_to_be_there() {
        use RequiredChars::{Digit, Lower, Special, Upper};
        let policy = PasswordPolicy { required_chars: vec![Lower, Upper, Digit, Special], ..PasswordPolicy::default() };
        for (password, expected) in [
            ("RAIN-LAMP-42-FOX", Some("Password must have a lower-case letter")),
            ("rain-lamp-42-fox", Some("Password must have a capital letter")),
            ("Rain-lamp-xx-fox", Some("Password must have a digit")),
            ("Rainxlampx42xfox", Some("Password must have a special character")),
            ("Rain-lamp-42-fox", None),
            ("Über lampe ٤٢ fuchs", None),
        ] {
            let refused = policy.check(password, &[]).err().map(|refused| refused.text);
            assert_eq!(refused.as_deref(), expected, "{password}");
        }
    }

    #[test]
    fn only_the_beginning_of_a_long_password_is_estimated() {
        assert_eq!(code(&PasswordPolicy::default(), &"a".repeat(256)), Some("too_common"));
        let long = "rain lamp 42 fox ".repeat(15);
        assert_eq!(code(&PasswordPolicy::default(), &long), None);
    }

    /// Counts instead of measuring time: at most three kinds of symbols in 40 characters are left to read as letters.
    #[test]
    fn what_is_looked_at_is_bounded() {
        let all = "4@8({[<369!1|70$5+%2".repeat(13);
        let looked_at = guessed(&all);
        assert_eq!(looked_at.chars().count(), 40);
        let signs: std::collections::BTreeSet<char> =
            looked_at.chars().filter(|sign| LIKE_LETTERS.iter().any(|(known, _)| known == sign)).collect();
        assert_eq!(signs.into_iter().collect::<String>(), "(@{");
        assert_eq!(guessed("P@$$w0rd!"), "P@$$w0rd!", "a disguised word is seen as it is");
        assert_eq!(guessed("({[<!|$+"), "({[-=;:,", "and no two signs become one");
    }
}
