//! bcrypt: `$2a$`, `$2b$` and `$2y$`, which are equivalent for UTF-8 passwords.

/// Maximum cost. A higher one takes more than a second.
const MOST_COST: u32 = 14;
const LENGTH: usize = 60;

/// The whole text, with its format checked.
#[derive(Clone)]
pub(in crate::password) struct Hash(String);

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (cost, digits) = rest.split_once('$')?;
        let cost: u32 = Some(cost).filter(|cost| cost.len() == 2)?.parse().ok()?;
        let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
        let fits = text.len() == LENGTH && digits.bytes().all(is_digit) && (4..=MOST_COST).contains(&cost);
        fits.then(|| Self(text.to_owned()))
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        ::bcrypt::verify(password, &self.0).unwrap_or(false)
    }
}
