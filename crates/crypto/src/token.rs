//! Secrets that are shown once, stored as a hash, and compared in constant time.
//!
//! Guarantees 256 random bits per token and one place where secrets are compared. A plain SHA-256 is enough for 256
//! random bits: they cannot be guessed, so a slow hash would add nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

use crate::{Random, base62};

/// Characters of a token: 62^43 > 2^256.
const LENGTH: usize = 43;

/// Generates a secret: 43 base62 characters, after `prefix` and an underscore if there is one (`"jsk"` gives `jsk_…`).
pub fn generate(prefix: Option<&str>, random: &Random) -> String {
    let mut text = String::with_capacity(prefix.map_or(0, |prefix| prefix.len() + 1) + LENGTH);
    if let Some(prefix) = prefix {
        text.push_str(prefix);
        text.push('_');
    }
    let whole = text.len() + LENGTH;
    while text.len() < whole {
        let missing = whole - text.len();
        // 248 = 4 · 62: higher bytes are rejected, so that every character is equally likely.
        let usable = random.array::<64>().into_iter().filter(|byte| *byte < 248);
        text.extend(usable.take(missing).map(|byte| char::from(base62::ALPHABET[usize::from(byte % 62)])));
    }
    text
}

/// Returns the SHA-256 of a token's text, which is what is stored.
pub fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

/// Returns whether two secrets are equal, in a time that depends only on their lengths. Every comparison of secrets in
/// Gantry must use this.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_shape() {
        let random = Random::seeded(3);
        let (bare, named) = (generate(None, &random), generate(Some("jsk"), &random));
        assert_eq!(bare.len(), 43);
        assert!(bare.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let rest = named.strip_prefix("jsk_").expect("the prefix");
        assert_eq!(rest.len(), 43);
        assert_ne!(rest, bare);
    }

    // 62 cells, 43,000 characters, expectation 693.5: a biased alphabet (byte % 62 without rejection gives the first
    // eight characters 25 % more) lies far outside 5.5 standard deviations.
    #[test]
    fn every_character_is_equally_likely() {
        let random = Random::seeded(11);
        let mut seen = [0_u32; 128];
        for _ in 0..1000 {
            generate(None, &random).bytes().for_each(|byte| seen[usize::from(byte)] += 1);
        }
        for byte in base62::ALPHABET {
            assert!(
                (549..838).contains(&seen[usize::from(*byte)]),
                "{} came {} times",
                char::from(*byte),
                seen[usize::from(*byte)]
            );
        }
    }

    // FIPS 180-2, appendix B.1.
    #[test]
    fn hash_is_sha_256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hex: String = hash("abc")
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|nibble| char::from_digit(nibble.into(), 16).expect("a nibble"))
            .collect();
        assert_eq!(hex, expected);
    }

    #[test]
    fn same_compares_whole_slices() {
        assert!(same(b"secret", b"secret"));
        assert!(same(b"", b""));
        assert!(!same(b"secret", b"secres"));
        assert!(!same(b"secret", b"secre"));
        assert!(!same(b"", b"s"));
    }
}
