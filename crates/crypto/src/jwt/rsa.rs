//! Fresh RSA keys for RS256, and the check of public ones.
//!
//! Guarantees 2,048 bits or more, and the PEM forms that every JWT library reads: PKCS #8 for the private key,
//! `SubjectPublicKeyInfo` (`BEGIN PUBLIC KEY`) for the public one.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicEncryptingKey, PublicKey};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::EncodingKey;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::JwtError;

/// A fresh RSA key pair.
pub struct RsaPair {
    /// `BEGIN PRIVATE KEY`, PKCS #8.
    pub private_pem: SecretString,
    /// `BEGIN PUBLIC KEY`.
    pub public_pem: String,
}

/// Makes a 2,048-bit RSA key. Takes some 50 to 500 ms of CPU, so async callers put it on a blocking thread.
pub fn generate_rsa() -> Result<RsaPair, JwtError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| JwtError::Key)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| JwtError::Key)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| JwtError::Key)?;
    Ok(RsaPair {
        private_pem: pem("PRIVATE KEY", private.as_ref()).as_str().into(),
        public_pem: pem("PUBLIC KEY", public.as_ref()).to_string(),
    })
}

/// A pair from a given private key: a PEM (PKCS #8 or PKCS #1) of an RSA key of 2,048 to 4,096 bits.
pub fn read_rsa(private_pem: &str) -> Result<RsaPair, JwtError> {
    let der = EncodingKey::from_rsa_pem(private_pem.as_bytes()).map_err(|_| JwtError::Key)?;
    let pair = RsaKeyPair::from_der(der.as_bytes()).map_err(|_| JwtError::Key)?;
    if !(256..=512).contains(&pair.public_modulus_len()) {
        return Err(JwtError::Key);
    }
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| JwtError::Key)?;
    Ok(RsaPair { private_pem: private_pem.into(), public_pem: pem("PUBLIC KEY", public.as_ref()).to_string() })
}

/// Whether `der` (PKCS #1) is an RSA public key of at least 2,048 bits, the least that RFC 7518 allows.
pub(super) fn check_public(der: &[u8]) -> Result<(), JwtError> {
    let key = PublicKey::from_der(der).map_err(|_| JwtError::Key)?;
    let spki: PublicKeyX509Der<'_> = key.as_der().map_err(|_| JwtError::Key)?;
    let key = PublicEncryptingKey::from_der(spki.as_ref()).map_err(|_| JwtError::Key)?;
    if key.key_size_bits() < 2048 { Err(JwtError::Key) } else { Ok(()) }
}

/// RFC 7468: base64 in lines of 64 characters between a header and a footer.
fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    // Room for everything at once: a growing string would leave copies of a private key behind.
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
