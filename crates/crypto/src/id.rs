//! Ids of stored things: `usr_` and 22 characters.
//!
//! The number inside is laid out as a version 7 UUID (RFC 9562): milliseconds first, then 74 random bits. Guarantees
//! that ids of later milliseconds sort after earlier ones, bytewise, and that two of one millisecond do not collide
//! in practice. An id is a name, not a secret; secrets come from [`crate::token`].

use crate::{Random, base62};

/// A fresh id. `prefix` stands without its underscore (`"usr"`); `now_ms` is epoch milliseconds, a negative one
/// counts as 0.
pub fn new(prefix: &str, now_ms: i64, random: &Random) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + base62::WIDTH);
    text.push_str(prefix);
    text.push('_');
    base62::push_u128(&mut text, uuid_v7(now_ms, random.array()));
    text
}

/// Whether `text` has the shape of an id with this prefix. Says nothing about whether such a thing exists.
pub fn is(prefix: &str, text: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == base62::WIDTH && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// RFC 9562 section 5.7: 48 bits of milliseconds, version, 12 random bits, variant, 62 random bits.
fn uuid_v7(now_ms: i64, random: [u8; 10]) -> u128 {
    let millis = u128::from(now_ms.max(0).cast_unsigned()) & ((1 << 48) - 1);
    let mut tail = [0; 16];
    tail[6..].copy_from_slice(&random);
    tail[6] = 0x70 | (tail[6] & 0x0f);
    tail[8] = 0x80 | (tail[8] & 0x3f);
    (millis << 80) | u128::from_be_bytes(tail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // RFC 9562, appendix A.6: the example of a version 7 UUID.
    #[test]
    fn layout_is_that_of_the_rfc() {
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        assert_eq!(uuid_v7(0x017F_22E2_79B0, random), 0x017F_22E2_79B0_7CC3_98C4_DC0C_0C07_398F);
    }

    #[test]
    fn shape_is_told() {
        let id = new("usr", 1_700_000_000_000, &Random::seeded(1));
        assert!(is("usr", &id));
        assert!(!is("us", &id), "a shorter prefix");
        assert!(!is("rl", &id), "another prefix");
        assert!(!is("usr", &id[..25]), "too short");
        assert!(!is("usr", &format!("{id}0")), "too long");
        assert!(!is("usr", &id.replace('_', "-")));
        assert!(!is("usr", "usr_000000000000000000000%"));
        assert!(!is("usr", "usr_00000000000000000000é"), "22 bytes, but not letters of the alphabet");
        assert!(!is("usr", ""));
    }

    proptest! {
        #[test]
        fn later_sorts_after_earlier(a in 0_i64..1 << 48, b in 0_i64..1 << 48, seed: u64) {
            let random = Random::seeded(seed);
            let (first, second) = (new("usr", a, &random), new("usr", b, &random));
            prop_assert!(is("usr", &first) && is("usr", &second));
            if a == b {
                prop_assert_ne!(first, second);
            } else {
                prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            }
        }

        #[test]
        fn any_time_gives_an_id(now_ms: i64) {
            prop_assert!(is("usr", &new("usr", now_ms, &Random::seeded(0))));
        }
    }
}
