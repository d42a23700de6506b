//! Argon2: the format of new hashes (`argon2id`), and every Argon2 PHC string that can be verified.
//!
//! Guarantees that a stored string is parsed strictly and checked against the limits before memory is allocated, so
//! that an imported hash that asks for 4 GiB or a million passes is refused; and that hashing uses the worker's memory
//! (`hash_password_into_with_memory`), never memory allocated per call.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::pool::Memory;
use crate::token;

/// Maximum memory of one hash, in KiB.
pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Maximum number of passes over the memory.
pub const MAX_PASSES: u32 = 20;
/// Maximum number of lanes.
pub const MAX_LANES: u32 = 8;

/// Length of a new salt and a new hash in bytes (RFC 9106, section 4).
pub(super) const SALT: usize = 16;
const HASH: usize = 32;

/// Maximum length of a PHC string. Within the limits none exceeds 300 characters.
const MAX_TEXT: usize = 512;

/// Cost parameters of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// Returns the nearest cost within the limits.
    pub(super) fn nearest(memory_kib: u32, passes: u32, lanes: u32) -> Self {
        let lanes = lanes.clamp(1, MAX_LANES);
        Self { memory_kib: memory_kib.clamp(8 * lanes, MAX_MEMORY_KIB), passes: passes.clamp(1, MAX_PASSES), lanes }
    }

    /// Number of 1 KiB blocks that [`Memory`] must have.
    pub(super) fn blocks(self) -> usize {
        self.params(HASH).block_count()
    }

    fn params(self, hash_len: usize) -> Params {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(hash_len)).expect("a cost within the limits")
    }
}

/// Hash with its parameters, the content of a PHC string.
#[derive(Clone)]
pub(super) struct Stored {
    algorithm: Algorithm,
    version: Version,
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    /// Creates an Argon2id hash of `password`.
    pub(super) fn make(cost: Cost, password: &[u8], salt: [u8; SALT], memory: &mut Memory) -> Self {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let mut stored = Self { algorithm, version, cost, salt: salt.to_vec(), hash: vec![0; HASH] };
        stored.hash = stored.compute(password, memory);
        stored
    }

    /// Creates a hash without a known password, so that verification for an unknown user takes the usual time.
    pub(super) fn dummy(cost: Cost, salt: [u8; SALT], hash: [u8; HASH]) -> Self {
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        Self { algorithm, version, cost, salt: salt.to_vec(), hash: hash.to_vec() }
    }

    /// Parses `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, also with `argon2i` and `argon2d`. Without a version it
    /// is 16, which predates the field. Returns `None` for any other format and beyond the limits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let mut fields = text.strip_prefix('$')?.split('$').peekable();
        let algorithm = fields.next()?.parse().ok()?;
        let version = match fields.next_if(|field| field.starts_with("v=")) {
            None | Some("v=16") => Version::V0x10,
            Some("v=19") => Version::V0x13,
            Some(_) => return None,
        };
        let cost = parse_cost(fields.next()?)?;
        let salt = STANDARD_NO_PAD.decode(fields.next()?).ok()?;
        let hash = STANDARD_NO_PAD.decode(fields.next()?).ok()?;
        // RFC 9106 allows salts from 8 bytes; a hash under 16 bytes could be hit by chance.
        let sane = (8..=64).contains(&salt.len()) && (16..=64).contains(&hash.len()) && fields.next().is_none();
        sane.then_some(Self { algorithm, version, cost, salt, hash })
    }

    /// Returns whether this is the hash of `password`.
    pub(super) fn is_of(&self, password: &[u8], memory: &mut Memory) -> bool {
        token::same(&self.compute(password, memory), &self.hash)
    }

    /// Returns whether the hash has today's algorithm and cost, so that no rehash is needed.
    pub(super) fn is_current(&self, cost: Cost) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.cost == cost
            && self.salt.len() >= SALT
            && self.hash.len() >= HASH
    }

    fn compute(&self, password: &[u8], memory: &mut Memory) -> Vec<u8> {
        let params = self.cost.params(self.hash.len());
        let blocks = memory.blocks(params.block_count());
        let mut hash = vec![0; self.hash.len()];
        Argon2::new(self.algorithm, self.version, params)
            .hash_password_into_with_memory(password, &self.salt, &mut hash, blocks)
            .expect("every length is within the limits");
        hash
    }

    /// Returns the PHC string.
    pub(super) fn to_text(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        format!(
            "${}$v={}$m={memory_kib},t={passes},p={lanes}${}${}",
            self.algorithm.as_str(),
            u32::from(self.version),
            STANDARD_NO_PAD.encode(&self.salt),
            STANDARD_NO_PAD.encode(&self.hash),
        )
    }
}

/// Parses `m=19456,t=2,p=1`, strictly in this order.
fn parse_cost(text: &str) -> Option<Cost> {
    let mut fields = text.split(',');
    let memory_kib = parse_number(fields.next()?.strip_prefix("m=")?)?;
    let passes = parse_number(fields.next()?.strip_prefix("t=")?)?;
    let lanes = parse_number(fields.next()?.strip_prefix("p=")?)?;
    let cost = Cost { memory_kib, passes, lanes };
    // Clamping changes a cost outside the limits.
    (fields.next().is_none() && Cost::nearest(memory_kib, passes, lanes) == cost).then_some(cost)
}

/// Parses a decimal number without sign or leading zero.
fn parse_number(text: &str) -> Option<u32> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verify(text: &str, password: &str) -> Option<bool> {
        let stored = Stored::parse(text)?;
        assert_eq!(Stored::parse(&stored.to_text()).expect("its own text").hash, stored.hash);
        Some(stored.is_of(password.as_bytes(), &mut Memory::new(0)))
    }

    // The Argon2 authors' own vectors: phc-winner-argon2, src/test.c ("password", "somesalt").
    #[test]
    fn reference_vectors_verify() {
        for text in [
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
            "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
        ] {
            assert_eq!(verify(text, "password"), Some(true), "{text}");
            assert_eq!(verify(text, "Password"), Some(false), "{text}");
        }
    }

    // Made with argon2-cffi 25.1.0 (libargon2).
    #[test]
    fn hashes_of_libargon2_verify() {
        for text in [
            "$argon2id$v=19$m=19456,t=2,p=1$Z2FudHJ5LXZlY3Rvci0wMQ$tqrrCyUGO77hk7DP4Zfuk+dvQRvBY5iuMjwqhKDxVq4",
            "$argon2id$v=19$m=128,t=3,p=4$Z2FudHJ5LXZlY3Rvci0wNA$Ug9nZbsd3JA3Y39dOU7icM2R5oSZowYsSyh1pHfBJbU",
            "$argon2d$v=19$m=64,t=1,p=1$Z2FudHJ5LXZlY3Rvci0wMQ$oamXfr9t31rph2TFp91KUjr4tHfLq2f3",
            "$argon2i$v=16$m=64,t=2,p=2$Z2FudHJ5LXZlY3Rvci0wMg$j3ctFsaZ7Asln9TaHRrD/A",
        ] {
            assert_eq!(verify(text, "Grüße, Ωmega 🔑"), Some(true), "{text}");
            assert_eq!(verify(text, "Grüße, Ωmega 🗝"), Some(false), "{text}");
        }
    }

    // Made with argon2-cffi 25.1.0: hash_secret(b"correct horse", b"gantry-vector-01", 2, 64, 1, 32, Type.ID).
    #[test]
    fn new_hashes_are_those_of_libargon2() {
        let made = Stored::make(Cost::nearest(64, 2, 1), b"correct horse", *b"gantry-vector-01", &mut Memory::new(0));
        assert_eq!(
            made.to_text(),
            "$argon2id$v=19$m=64,t=2,p=1$Z2FudHJ5LXZlY3Rvci0wMQ$jJmYnGUTAdst3H6ixlOmcCz/bowvwjRqLVQvxxlF7+s"
        );
    }

    #[test]
    fn only_todays_form_is_current() {
        let today = Cost::nearest(19_456, 2, 1);
        let salt = "Z2FudHJ5LXZlY3Rvci0wMQ";
        let hash = "tqrrCyUGO77hk7DP4Zfuk+dvQRvBY5iuMjwqhKDxVq4";
        let is_current = |text: String| Stored::parse(&text).expect("readable").is_current(today);
        assert!(is_current(format!("$argon2id$v=19$m=19456,t=2,p=1${salt}${hash}")));
        for start in [
            "argon2i$v=19$m=19456,t=2,p=1",
            "argon2d$v=19$m=19456,t=2,p=1",
            "argon2id$v=16$m=19456,t=2,p=1",
            "argon2id$m=19456,t=2,p=1",
            "argon2id$v=19$m=19455,t=2,p=1",
            "argon2id$v=19$m=65536,t=2,p=1",
            "argon2id$v=19$m=19456,t=3,p=1",
            "argon2id$v=19$m=19456,t=2,p=2",
        ] {
            assert!(!is_current(format!("${start}${salt}${hash}")), "{start}");
        }
        assert!(!is_current(format!("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ${hash}")), "a short salt");
        assert!(!is_current(format!("$argon2id$v=19$m=19456,t=2,p=1${salt}$j3ctFsaZ7Asln9TaHRrD/A")), "a short hash");
    }

    #[test]
    fn what_is_too_expensive_is_not_read() {
        let text =
            |cost: &str| format!("$argon2id$v=19${cost}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
        for cost in ["m=262144,t=20,p=8", "m=8,t=1,p=1"] {
            assert!(Stored::parse(&text(cost)).is_some(), "{cost}");
        }
        for cost in [
            "m=4194304,t=1,p=1",
            "m=262145,t=1,p=1",
            "m=4294967295,t=1,p=1",
            "m=4294967296,t=1,p=1",
            "m=64,t=21,p=1",
            "m=64,t=4294967295,p=1",
            "m=4096,t=1,p=9",
            "m=7,t=1,p=1",
            "m=15,t=1,p=2",
            "m=64,t=0,p=1",
            "m=64,t=1,p=0",
        ] {
            assert!(Stored::parse(&text(cost)).is_none(), "{cost}");
        }
    }

    #[test]
    fn what_is_not_exactly_phc_is_not_read() {
        let good = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        assert!(Stored::parse(good).is_some());
        for (part, instead) in [
            ("$argon2id", "argon2id"),
            ("$argon2id", "$argon2"),
            ("$argon2id", "$Argon2id"),
            ("$argon2id", "$$argon2id"),
            ("v=19", "v=18"),
            ("v=19", "v=019"),
            ("v=19", "v="),
            ("v=19$", "v=19$v=19$"),
            ("m=256", "m=0256"),
            ("m=256", "m=+256"),
            ("m=256", "m= 256"),
            ("m=256", "m="),
            ("m=256,", ""),
            ("m=256,t=2", "t=2,m=256"),
            ("p=1", "p=1,data=AAAA"),
            ("p=1", "p=1,"),
            ("p=1", "p=1,p=1"),
            ("c29tZXNhbHQ", ""),
            ("c29tZXNhbHQ", "c29t"),
            ("c29tZXNhbHQ", "c29tZXNhbHQ="),
            ("c29tZXNhbHQ", "c29tZXNhbHR"),
            ("HGi/4", "HGi_4"),
            ("HGi/4", "HGi/4$"),
            ("HGi/4", "HGi/4$x"),
            ("HGi/4", "HGi/4\n"),
            ("HGi/4", "HGi/5"),
            ("$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", ""),
            ("nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", ""),
            ("nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "nf65EOgL"),
        ] {
            let text = good.replacen(part, instead, 1);
            assert_ne!(text, good);
            assert!(Stored::parse(&text).is_none(), "{text}");
        }
        for text in ["", "$", "$2b$12$abc", "password", &"$argon2id".repeat(100)] {
            assert!(Stored::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", cost in "[mtp=,0-9]{0,20}", tail in "[$A-Za-z0-9+/]{0,60}") {
            let _ = Stored::parse(&text);
            let _ = Stored::parse(&format!("$argon2id$v=19${cost}${tail}"));
        }
    }
}
