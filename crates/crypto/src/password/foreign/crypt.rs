//! The SHA-2 crypts of Unix: `$5$` and `$6$`.

use sha_crypt::{PasswordHashRef, PasswordVerifier, ShaCrypt};

/// Number of rounds if the text has no `rounds=` (the standard's default).
const DEFAULT_ROUNDS: u32 = 5000;
/// Maximum number of rounds, about half a second.
const MOST_ROUNDS: u32 = 500_000;

/// The text with explicit `rounds=`.
#[derive(Clone)]
pub(in crate::password) struct Hash(String);

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, rest) = ["5", "6"].iter().find_map(|id| Some((id, text.strip_prefix(&format!("${id}$"))?)))?;
        let mut fields = rest.split('$');
        let mut first = fields.next()?;
        let mut rounds = DEFAULT_ROUNDS;
        if let Some(number) = first.strip_prefix("rounds=") {
            rounds = number.parse().ok()?;
            first = fields.next()?;
        }
        let (salt, digits) = (first, fields.next()?);
        let length = if *id == "5" { 43 } else { 86 };
        let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
        let fits = fields.next().is_none()
            && (1000..=MOST_ROUNDS).contains(&rounds)
            && (1..=16).contains(&salt.len())
            && (digits.len() == length && digits.bytes().chain(salt.bytes()).all(is_digit));
        fits.then(|| Self(format!("${id}$rounds={rounds}${salt}${digits}")))
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let Ok(hash) = PasswordHashRef::new(&self.0) else { return false };
        ShaCrypt::default().verify_password(password, hash).is_ok()
    }
}
