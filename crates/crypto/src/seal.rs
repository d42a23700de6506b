//! Reversible encryption of secrets, sealed with the master key and bound to the row they belong to.
//!
//! The master key also authenticates values of this installation ([`MasterKey::mac`]), under keys derived from it.
//!
//! XChaCha20-Poly1305 with a random 24-byte nonce. Guarantees that a sealed value opens only with the same key and at
//! the same place: if it was moved to another row or a bit was changed, it is refused.
//!
//! Layout: one byte of format version (1), 24 bytes of nonce, ciphertext and 16 bytes of tag.

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::Random;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// The key of all sealed secrets of an installation. Stored outside the database; wiped from memory when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Reason why a key or a sealed value was refused. Contains no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The text is not 32 bytes in base64url or hexadecimal.
    #[error("a master key is 32 bytes, written as 43 base64url or 64 hexadecimal characters")]
    Key,
    /// Too short, or sealed by an unknown version of Gantry.
    #[error("this is not a sealed value of a known format")]
    Format,
    /// Wrong key, wrong place, or changed since it was sealed.
    #[error("the sealed value does not open here with this master key")]
    Opening,
}

impl MasterKey {
    /// Generates a key.
    pub fn generate(random: &Random) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut_slice());
        Self(key)
    }

    /// Parses a key: 43 characters of base64url without padding, as [`MasterKey::to_text`] writes it, or 64 hexadecimal
    /// digits, as `openssl rand -hex 32` does. Surrounding white space, such as a file's last newline, is ignored.
    pub fn from_text(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        let mut key = Zeroizing::new([0; 32]);
        match text.len() {
            43 => {
                let length = URL_SAFE_NO_PAD.decode_slice(text, key.as_mut_slice()).map_err(|_| SealError::Key)?;
                debug_assert_eq!(length, key.len(), "43 characters hold 32 bytes");
            }
            64 => decode_hex(text, &mut key)?,
            _ => return Err(SealError::Key),
        }
        Ok(Self(key))
    }

    /// Returns the key as 43 characters of base64url without padding.
    pub fn to_text(&self) -> SecretString {
        let mut text = Zeroizing::new([0; 43]);
        let written = URL_SAFE_NO_PAD.encode_slice(self.0.as_slice(), text.as_mut_slice());
        debug_assert_eq!(written, Ok(43), "32 bytes fill 43 characters");
        text.iter().map(|byte| char::from(*byte)).collect::<Box<str>>().into()
    }

    /// Seals `plain` for `place`, which names its row and column (`"jwt_keys/jky_…/secret"`).
    ///
    /// # Panics
    /// If `plain` is longer than `XChaCha20` can encrypt (256 GiB).
    pub fn seal(&self, place: &str, plain: &[u8], random: &Random) -> Vec<u8> {
        let nonce = random.array::<NONCE>();
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("shorter than 256 GiB");
        [&[VERSION], nonce.as_slice(), &sealed].concat()
    }

    /// Opens a value that [`MasterKey::seal`] sealed for this `place`.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(SealError::Format)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Format)?;
        if sealed.len() < TAG {
            return Err(SealError::Format);
        }
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Opening)?;
        Ok(Zeroizing::new(plain))
    }

    /// Returns a message authentication code of `text`, which only this installation can compute: HMAC-SHA-256 under a
    /// separate key for each `purpose` (HKDF-Expand, RFC 5869). Compare it with [`token::same`](crate::token::same).
    ///
    /// # Panics
    /// Never: the lengths are fixed.
    pub fn mac(&self, purpose: &str, text: &str) -> [u8; 32] {
        let info = [b"gantry/", purpose.as_bytes()];
        let mut key = Zeroizing::new([0; 32]);
        let derived = Prk::new_less_safe(HKDF_SHA256, self.0.as_slice())
            .expand(&info, HKDF_SHA256)
            .map(|okm| okm.fill(key.as_mut_slice()));
        derived.expect("a length that HKDF has").expect("a key of 32 bytes");
        let mut code = [0; 32];
        code.copy_from_slice(hmac::sign(&hmac::Key::new(HMAC_SHA256, key.as_slice()), text.as_bytes()).as_ref());
        code
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("a key of 32 bytes"))
    }
}

fn decode_hex(text: &str, bytes: &mut [u8; 32]) -> Result<(), SealError> {
    let digit =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(SealError::Key);
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const PLACE: &str = "jwt_keys/jky_1/secret";

    fn hex(text: &str) -> Vec<u8> {
        let digits = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII"));
        digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
    }

    // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    #[test]
    fn primitive_is_that_of_the_draft() {
        let key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
        let nonce: [u8; NONCE] = std::array::from_fn(|i| 0x40 + u8::try_from(i).expect("small"));
        let sealed = hex(concat!(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39",
            "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
            "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49",
        ));
        let aad = hex("50515253c0c1c2c3c4c5c6c7");
        let payload = Payload { msg: &sealed, aad: &aad };
        let key = MasterKey::from_text(key).expect("a key");
        let plain = key.cipher().decrypt(&XNonce::from(nonce), payload).expect("the vector opens");
        assert_eq!(
            plain,
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
        );
    }

    // Made with libsodium (PyNaCl 1.6.2, crypto_aead_xchacha20poly1305_ietf_encrypt), key 00…1f, nonce 40…57.
    #[test]
    fn opens_what_libsodium_sealed() {
        let key = MasterKey::from_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").expect("a key");
        let sealed = hex(concat!(
            "01404142434445464748494a4b4c4d4e4f5051525354555657bf5c7504f0931870ead465223c543c6a699175a3c657c0",
            "1a205f3fc2a4",
        ));
        assert_eq!(key.open(PLACE, &sealed).expect("opens").as_slice(), "kept safe ✓".as_bytes());
    }

    #[test]
    fn opens_only_at_its_place_and_whole() {
        let random = Random::seeded(1);
        let key = MasterKey::generate(&random);
        let sealed = key.seal(PLACE, b"secret", &random);
        assert_eq!(key.open(PLACE, &sealed).expect("opens").as_slice(), b"secret");
        assert_eq!(key.open("jwt_keys/jky_2/secret", &sealed), Err(SealError::Opening), "another row");
        assert_eq!(MasterKey::generate(&random).open(PLACE, &sealed), Err(SealError::Opening), "another key");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            let expected = if at == 0 { SealError::Format } else { SealError::Opening };
            assert_eq!(key.open(PLACE, &changed), Err(expected), "byte {at} changed");
            assert!(key.open(PLACE, &sealed[..at]).is_err(), "cut to {at} bytes");
        }
    }

    // Made with Python's hmac and hashlib, key 00…1f: HKDF-Expand is one HMAC over the info and a byte 1.
    #[test]
    fn codes_are_hmac_under_a_derived_key() {
        let key = MasterKey::from_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").expect("a key");
        for (purpose, code) in [
            ("recovery code", "8896bb477766b1a23c0d90e93eff13a66bb41c378af50a12acd7f3e886cdad34"),
            ("known device", "004b3f81d8036fe3f4d8ef650fcf0e6ce51674528b4429e186606d62e9d3425c"),
        ] {
            assert_eq!(key.mac(purpose, "usr_1").as_slice(), hex(code), "{purpose}");
        }
        assert_ne!(key.mac("known device", "usr_1"), key.mac("known device", "usr_2"));
        assert_ne!(
            key.mac("known device", "usr_1"),
            MasterKey::generate(&Random::seeded(1)).mac("known device", "usr_1")
        );
    }

    #[test]
    fn sealing_twice_differs() {
        let (random, place) = (Random::seeded(1), "a/b/c");
        let key = MasterKey::generate(&random);
        assert_ne!(key.seal(place, b"same", &random), key.seal(place, b"same", &random));
        assert_eq!(key.open(place, &key.seal(place, b"", &random)).expect("opens").as_slice(), b"");
    }

    #[test]
    fn key_text_comes_back() {
        let random = Random::seeded(1);
        let key = MasterKey::generate(&random);
        let text = key.to_text();
        assert_eq!(text.expose_secret().len(), 43);
        let again = MasterKey::from_text(&format!("  {}\n", text.expose_secret())).expect("its own text");
        assert_eq!(*again.0, *key.0);
    }

    #[test]
    fn key_text_is_base64url_or_hexadecimal() {
        let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).expect("small"));
        let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        for text in ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", digits, &digits.to_uppercase()] {
            assert_eq!(*MasterKey::from_text(text).expect("a key").0, bytes, "{text}");
        }
        let spare_bits = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9";
        let not_hex = "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        for text in ["", " ", "short", spare_bits, not_hex, &digits[..62], &format!("{digits}00"), &"é".repeat(32)] {
            assert_eq!(MasterKey::from_text(text).err(), Some(SealError::Key), "{text}");
        }
    }
}
