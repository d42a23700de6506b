//! WordPress 6.8 and later: `$wp$2y$…`, bcrypt of the password's HMAC, so that bytes after the 72nd count too.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bcrypt;

/// HMAC key, a constant of WordPress.
const KEY: &[u8] = b"wp-sha384";

#[derive(Clone)]
pub(in crate::password) struct Hash(bcrypt::Hash);

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bcrypt = text.strip_prefix("$wp").filter(|rest| rest.starts_with("$2y$"))?;
        bcrypt::Hash::parse(bcrypt).map(Self)
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let digest = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA384, KEY), trimmed(password));
        self.0.is_of(STANDARD.encode(digest).as_bytes())
    }
}

/// Strips the characters that PHP's `trim` strips, as WordPress does before hashing.
fn trimmed(mut text: &[u8]) -> &[u8] {
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0 | 0x0b);
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}
