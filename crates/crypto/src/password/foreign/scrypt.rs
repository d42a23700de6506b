//! scrypt: the PHC string `$scrypt$ln=16,r=8,p=1$<salt>$<hash>`, and Firebase's variant as
//! `$firebase-scrypt$ln=14,r=8$<signer key>$<salt separator>$<salt>$<hash>`, with the parts in base64 as Firebase shows
//! them.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use scrypt::Params;

use crate::token;

/// Maximum memory in bytes: 128 · r · 2^ln.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
const MOST_LANES: u32 = 4;

/// Derived key with its parameters.
#[derive(Clone)]
pub(in crate::password) struct Hash {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// Firebase encrypts this key with the derived key and stores the result as hash.
    signer_key: Option<Vec<u8>>,
}

impl Hash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix('$')?.split('$');
        let kind = fields.next()?;
        let params = cost(fields.next()?, kind == "firebase-scrypt")?;
        let hash = match kind {
            "scrypt" => {
                let mut bytes = || STANDARD_NO_PAD.decode(fields.next()?).ok();
                Self { params, salt: bytes()?, hash: bytes()?, signer_key: None }
            }
            "firebase-scrypt" => {
                let mut bytes = || STANDARD.decode(fields.next()?).ok();
                let (signer_key, separator, salt) = (bytes()?, bytes()?, bytes()?);
                Self { params, salt: [salt, separator].concat(), hash: bytes()?, signer_key: Some(signer_key) }
            }
            _ => return None,
        };
        let fits = fields.next().is_none() && hash.salt.len() <= 128 && (16..=128).contains(&hash.hash.len());
        fits.then_some(hash)
    }

    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        let Some(signer_key) = &self.signer_key else {
            let mut derived = vec![0; self.hash.len()];
            let done = ::scrypt::scrypt(password, &self.salt, &self.params, &mut derived);
            return done.is_ok() && token::same(&derived, &self.hash);
        };
        let mut derived = [0; 32];
        let done = ::scrypt::scrypt(password, &self.salt, &self.params, &mut derived);
        let made = encrypted(&derived, signer_key);
        done.is_ok() && made.is_some_and(|made| token::same(&made, &self.hash))
    }
}

/// Parses `ln=14,r=8`, followed by `p=1` unless it is Firebase's variant.
fn cost(text: &str, firebase: bool) -> Option<Params> {
    let mut fields = text.split(',');
    let log2: u8 = fields.next()?.strip_prefix("ln=")?.parse().ok()?;
    let blocks: u32 = fields.next()?.strip_prefix("r=")?.parse().ok()?;
    let lanes: u32 = if firebase { 1 } else { fields.next()?.strip_prefix("p=")?.parse().ok()? };
    let bytes = 1_u64.checked_shl(u32::from(log2))?.checked_mul(128 * u64::from(blocks))?;
    let fits = fields.next().is_none() && log2 > 0 && bytes <= MOST_BYTES && (1..=MOST_LANES).contains(&lanes);
    if fits { Params::new(log2, blocks, lanes).ok() } else { None }
}

/// Encrypts with AES-256 in counter mode, counter starting at zero. Encryption and decryption are identical in this
/// mode.
fn encrypted(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let key = DecryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut text = text.to_vec();
    let start = DecryptionContext::Iv128(FixedLength::from([0; 16]));
    key.decrypt(&mut text, start).ok().map(|made| made.to_vec())
}
