//! Ids of stored objects: a prefix and 22 characters, such as `usr_…`.
//!
//! The number has the layout of a version 7 UUID (RFC 9562): milliseconds first, then 74 random bits. Guarantees that
//! ids of later milliseconds sort bytewise after earlier ones, and that two ids of one millisecond do not collide in
//! practice. Ids are not secret; secrets come from [`crate::token`].

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Random, base62};

/// Generates ids that sort in creation order, even within one millisecond and when the clock is set back: the 12 bits
/// after the milliseconds are a counter (RFC 9562, section 6.2, method 1). The order holds within one process; between
/// processes it is exact to the millisecond.
#[derive(Debug, Default)]
pub struct Sequence {
    /// 48 bits of milliseconds, then the counter.
    last: AtomicU64,
}

impl Sequence {
    /// Generates an id that sorts after all earlier ones of this sequence. Parameters as for [`new`].
    pub fn next(&self, prefix: &str, now_ms: i64, random: &Random) -> String {
        let now = now_ms.max(0).cast_unsigned() << COUNT_BITS;
        let behind = |last: u64| now.max(last + 1);
        let last = self.last.fetch_update(Ordering::AcqRel, Ordering::Acquire, |last| Some(behind(last)));
        let tick = behind(last.unwrap_or_else(|same| same));
        let mut tail: [u8; 10] = random.array();
        let count = u16::try_from(tick & ((1 << COUNT_BITS) - 1)).unwrap_or_default();
        tail[..2].copy_from_slice(&count.to_be_bytes());
        text(prefix, uuid_v7((tick >> COUNT_BITS).cast_signed(), tail))
    }
}

const COUNT_BITS: u32 = 12;

/// Generates an id. `prefix` has no underscore (`"usr"`); `now_ms` is in epoch milliseconds, and negative values count
/// as 0.
pub fn new(prefix: &str, now_ms: i64, random: &Random) -> String {
    text(prefix, uuid_v7(now_ms, random.array()))
}

fn text(prefix: &str, number: u128) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + base62::WIDTH);
    text.push_str(prefix);
    text.push('_');
    base62::push_u128(&mut text, number);
    text
}

/// Returns the lower bound of ids at `now_ms`: it sorts before every id of that time or later, and after all earlier
/// ones.
pub fn least(prefix: &str, now_ms: i64) -> String {
    text(prefix, u128::from(now_ms.max(0).cast_unsigned()) << 80)
}

/// Returns whether `text` has the format of an id with this prefix. The object need not exist.
pub fn is(prefix: &str, text: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    rest.is_some_and(|rest| rest.len() == base62::WIDTH && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Lays out a version 7 UUID (RFC 9562, section 5.7): 48 bits of milliseconds, version, 12 random bits, variant, 62
/// random bits.
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

    #[test]
    fn a_sequence_never_goes_back() {
        let (sequence, random) = (Sequence::default(), Random::seeded(1));
        let start = 1_767_225_600_000;
        // More ids in one millisecond than the counter holds, then a clock that was set back, then later times.
        let times = std::iter::repeat_n(start, 5000).chain([start - 60_000, start, start + 2, start + 1]);
        let ids: Vec<String> = times.map(|now| sequence.next("usr", now, &random)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| is("usr", id)));
        assert!(ids[0] > new("usr", start - 1, &random) && ids[0] < new("usr", start + 1, &random));
    }

    proptest! {
        #[test]
        fn the_least_of_a_time_parts_the_ids(at in 1_i64..1 << 48, seed: u64) {
            let random = Random::seeded(seed);
            prop_assert!(least("ent", at) < new("ent", at, &random));
            prop_assert!(least("ent", at) > new("ent", at - 1, &random));
        }

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
