//! phpass portable hashes, as in WordPress (`$P$`) and phpBB (`$H$`).

use md5::{Digest as _, Md5};

use super::md5_crypt::ALPHABET;
use crate::token;

/// Maximum: about a million rounds, some tenths of a second.
const MOST_ROUNDS_LOG2: usize = 20;

/// Base-2 logarithm of the rounds, salt, and the 22 characters of the digest.
#[derive(Clone)]
pub(in crate::password) struct Hash {
    rounds_log2: usize,
    salt: String,
    digits: String,
}

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$P$").or_else(|| text.strip_prefix("$H$"))?;
        if rest.len() != 31 || !rest.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return None;
        }
        let rounds_log2 = ALPHABET.iter().position(|digit| *digit == rest.as_bytes()[0])?;
        let fits = (7..=MOST_ROUNDS_LOG2).contains(&rounds_log2);
        fits.then(|| Self { rounds_log2, salt: rest[1..9].to_owned(), digits: rest[9..].to_owned() })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let mut digest = Md5::digest([self.salt.as_bytes(), password].concat());
        for _ in 0..1_u32 << self.rounds_log2 {
            digest = Md5::digest([&digest, password].concat());
        }
        token::same(&digits(&digest), self.digits.as_bytes())
    }
}

/// Encodes three bytes as four characters, low bits first; the last byte becomes two.
fn digits(digest: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(22);
    for bytes in digest.chunks(3) {
        let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        (0..=bytes.len()).for_each(|at| digits.push(ALPHABET[bits >> (6 * at) & 63]));
    }
    digits
}
