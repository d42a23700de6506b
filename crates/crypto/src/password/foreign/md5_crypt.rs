//! The MD5 crypt of old Unixes: `$1$`.

use md5::{Digest as _, Md5};

use crate::token;

/// The crypt alphabet: six bits per character, low bits first.
pub(super) const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digest bytes that are encoded together as four characters.
const GROUPS: [[usize; 3]; 5] = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];
const ROUNDS: usize = 1000;

/// A salt and the 22 characters of the digest.
#[derive(Clone)]
pub(in crate::password) struct Hash {
    salt: String,
    digits: String,
}

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (salt, digits) = text.strip_prefix("$1$")?.split_once('$')?;
        let fits = salt.len() <= 8 && digits.len() == 22 && digits.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then(|| Self { salt: salt.to_owned(), digits: digits.to_owned() })
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        token::same(&text(password, self.salt.as_bytes()), self.digits.as_bytes())
    }
}

/// Computes the digest with Poul-Henning Kamp's algorithm, step by step.
fn text(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let inner = Md5::digest([password, salt, password].concat());
    let mut first = [password, b"$1$", salt].concat();
    for at in 0..password.len() {
        first.push(inner[at % 16]);
    }
    let mut length = password.len();
    while length > 0 {
        // A set bit adds a zero byte, a clear bit the password's first byte.
        first.push(if length & 1 == 1 { 0 } else { password[0] });
        length >>= 1;
    }
    let mut digest = Md5::digest(first);
    for round in 0..ROUNDS {
        let mut text = Vec::with_capacity(2 * password.len() + 32);
        let (odd, salted, repeated) = (round % 2 == 1, round % 3 != 0, round % 7 != 0);
        text.extend_from_slice(if odd { password } else { &digest });
        if salted {
            text.extend_from_slice(salt);
        }
        if repeated {
            text.extend_from_slice(password);
        }
        text.extend_from_slice(if odd { &digest } else { password });
        digest = Md5::digest(text);
    }
    let mut digits = Vec::with_capacity(22);
    for [high, middle, low] in GROUPS {
        let bits = usize::from(digest[high]) << 16 | usize::from(digest[middle]) << 8 | usize::from(digest[low]);
        (0..4).for_each(|at| digits.push(ALPHABET[bits >> (6 * at) & 63]));
    }
    let last = usize::from(digest[11]);
    digits.extend([ALPHABET[last & 63], ALPHABET[last >> 6]]);
    digits
}
