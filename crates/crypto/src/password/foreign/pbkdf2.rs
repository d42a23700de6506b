//! PBKDF2 in the formats of passlib (`$pbkdf2-sha256$…`), Django (`pbkdf2_sha256$…`) and ASP.NET Identity 2 and 3
//! (base64 of a binary structure).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Maximum number of rounds, about a second.
const MOST_ROUNDS: u32 = 2_000_000;

/// Derived key with its parameters.
#[derive(Clone)]
pub(in crate::password) struct Hash {
    algorithm: pbkdf2::Algorithm,
    rounds: NonZeroU32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hash = Self::passlib(text)
            .or_else(|| Self::django(text))
            .or_else(|| Self::aspnet(text))
            .or_else(|| Self::aspnet_2(text))?;
        let fits = hash.rounds.get() <= MOST_ROUNDS && hash.salt.len() <= 256 && (16..=128).contains(&hash.key.len());
        fits.then_some(hash)
    }

    fn passlib(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix('$')?.split('$');
        let algorithm = match fields.next()? {
            "pbkdf2" => PBKDF2_HMAC_SHA1,
            "pbkdf2-sha256" => PBKDF2_HMAC_SHA256,
            "pbkdf2-sha512" => PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let rounds = fields.next()?.parse().ok()?;
        // Base64 without padding, with `.` instead of `+`.
        let mut bytes = || STANDARD_NO_PAD.decode(fields.next()?.replace('.', "+")).ok();
        let (salt, key) = (bytes()?, bytes()?);
        fields.next().is_none().then_some(Self { algorithm, rounds, salt, key })
    }

    fn django(text: &str) -> Option<Self> {
        let mut fields = text.split('$');
        let algorithm = match fields.next()? {
            "pbkdf2_sha1" => PBKDF2_HMAC_SHA1,
            "pbkdf2_sha256" => PBKDF2_HMAC_SHA256,
            _ => return None,
        };
        let rounds = fields.next()?.parse().ok()?;
        let salt = fields.next()?.as_bytes().to_vec();
        let key = STANDARD.decode(fields.next()?).ok()?;
        fields.next().is_none().then_some(Self { algorithm, rounds, salt, key })
    }

    /// Version 3: a version byte; PRF, rounds and salt length as big-endian 32-bit numbers; salt; key.
    fn aspnet(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let word = |at: usize| rest.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let algorithm = match (version, word(0)?) {
            (1, 0) => PBKDF2_HMAC_SHA1,
            (1, 1) => PBKDF2_HMAC_SHA256,
            (1, 2) => PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let rounds = NonZeroU32::new(word(4)?)?;
        let (salt, key) = rest.get(12..)?.split_at_checked(usize::try_from(word(8)?).ok()?)?;
        Some(Self { algorithm, rounds, salt: salt.to_vec(), key: key.to_vec() })
    }

    /// Version 2: a zero byte, a 16-byte salt, a 32-byte key; 1,000 rounds with SHA-1.
    fn aspnet_2(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (salt, key) = bytes.strip_prefix(&[0])?.split_at_checked(16).filter(|(_, key)| key.len() == 32)?;
        let rounds = NonZeroU32::new(1000)?;
        Some(Self { algorithm: PBKDF2_HMAC_SHA1, rounds, salt: salt.to_vec(), key: key.to_vec() })
    }

    /// Returns whether this is the hash of `password`. The library compares in constant time.
    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        pbkdf2::verify(self.algorithm, self.rounds, &self.salt, password, &self.key).is_ok()
    }
}
