//! Generates RSA keys for RS256 and checks public ones.
//!
//! Guarantees 2,048 bits or more, and PEM formats that all JWT libraries read: PKCS #8 for the private key,
//! `SubjectPublicKeyInfo` (`BEGIN PUBLIC KEY`) for the public one.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicEncryptingKey, PublicKey};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::JwtError;

/// RSA key pair as PEM texts.
pub struct RsaPair {
    /// Private key as PEM (`BEGIN PRIVATE KEY`, PKCS #8).
    pub private_pem: SecretString,
    /// Public key as PEM (`BEGIN PUBLIC KEY`).
    pub public_pem: String,
}

/// Generates a 2,048-bit RSA key. Takes some 50 to 500 ms of CPU time, so async callers must use a blocking thread.
pub fn generate_rsa() -> Result<RsaPair, JwtError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| JwtError::Key)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| JwtError::Key)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| JwtError::Key)?;
    Ok(RsaPair {
        private_pem: pem("PRIVATE KEY", private.as_ref()).as_str().into(),
        public_pem: pem("PUBLIC KEY", public.as_ref()).to_string(),
    })
}

/// Derives the pair from a private key: a PEM (PKCS #8 or PKCS #1) of an RSA key of 2,048 to 4,096 bits.
pub fn read_rsa(private_pem: &str) -> Result<RsaPair, JwtError> {
    let der = EncodingKey::from_rsa_pem(private_pem.as_bytes()).map_err(|_| JwtError::Key)?;
    let pair = RsaKeyPair::from_der(der.as_bytes()).map_err(|_| JwtError::Key)?;
    if !(256..=512).contains(&pair.public_modulus_len()) {
        return Err(JwtError::Key);
    }
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| JwtError::Key)?;
    Ok(RsaPair { private_pem: private_pem.into(), public_pem: pem("PUBLIC KEY", public.as_ref()).to_string() })
}

/// Parts of a public key as published in a JWK Set (RFC 7518, section 6.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublic {
    /// Modulus `n`, in base64url.
    pub modulus: String,
    /// Public exponent `e`, in base64url.
    pub exponent: String,
    /// The whole key as `SubjectPublicKeyInfo` in base64: the content of its PEM (`BEGIN PUBLIC KEY`).
    pub spki: String,
}

impl RsaPublic {
    /// Reads a PEM with `BEGIN PUBLIC KEY`.
    pub fn from_pem(public_pem: &str) -> Result<Self, JwtError> {
        let key = DecodingKey::from_rsa_pem(public_pem.as_bytes()).map_err(|_| JwtError::Key)?;
        let der = key.try_get_as_bytes().map_err(|_| JwtError::Key)?;
        let spki: PublicKeyX509Der<'_> =
            PublicKey::from_der(der).and_then(|key| Ok(key.as_der()?)).map_err(|_| JwtError::Key)?;
        // RFC 8017, appendix A.1.1: a sequence of two positive integers.
        let (sequence, _) = der_content(der, 0x30).ok_or(JwtError::Key)?;
        let (modulus, rest) = der_content(sequence, 0x02).ok_or(JwtError::Key)?;
        let (exponent, _) = der_content(rest, 0x02).ok_or(JwtError::Key)?;
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes.strip_prefix(&[0]).unwrap_or(bytes));
        Ok(Self { modulus: number(modulus), exponent: number(exponent), spki: STANDARD.encode(spki.as_ref()) })
    }
}

/// Returns the content of a DER element with this tag, and the bytes after it.
fn der_content(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (length, rest) =
            rest.split_at_checked(usize::from(first & 0x7f)).filter(|(length, _)| length.len() <= 4)?;
        (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    rest.split_at_checked(length)
}

/// Checks that `der` (PKCS #1) is an RSA public key of at least 2,048 bits, the minimum of RFC 7518.
pub(super) fn check_public(der: &[u8]) -> Result<(), JwtError> {
    let key = PublicKey::from_der(der).map_err(|_| JwtError::Key)?;
    let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| JwtError::Key)?;
    let key = PublicEncryptingKey::from_der(spki.as_ref()).map_err(|_| JwtError::Key)?;
    if key.key_size_bits() < 2048 { Err(JwtError::Key) } else { Ok(()) }
}

/// Formats a PEM (RFC 7468): base64 in lines of 64 characters between a header and a footer.
fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    // Allocated once: a growing string would leave copies of a private key in memory.
    let mut text = Zeroizing::new(String::with_capacity(2 * der.len() + 128));
    text.extend(["-----BEGIN ", label, "-----\n"]);
    // 48 bytes fill a line of 64 characters exactly.
    for line in der.chunks(48) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}
