//! Keys that sign and verify login tokens, one algorithm each.
//!
//! Guarantees: a key has one algorithm and refuses tokens of any other; an accepted key is usable; expensive
//! preparation is done once, when the key is created, because each session check verifies a token.
//!
//! Uses only the keys and the signature functions of `jsonwebtoken`, not `encode` and `decode`. Those parse the header
//! and the claims twice, do not know `crit`, need the audience in a prepared `Validation`, and compare `exp` with the
//! wall clock, whereas Gantry passes the time in. RSA signing and HMAC verification call aws-lc, the backend of
//! `jsonwebtoken`, directly, because `jsonwebtoken` prepares the key anew for each call.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey, crypto};
use serde_json::json;

use super::compact::{Header, Parts, Unverified, parse};
use super::{Claims, JwtError};
use crate::install_provider;

/// Allowed length of an HMAC secret: at least the size of the hash (RFC 7518, section 3.2), at most what all libraries
/// accept.
const SECRET_BYTES: RangeInclusive<usize> = 32..=512;
/// Minimum number of different bytes in a secret. A random secret of 32 characters has more, even one of digits only.
const MIN_DIFFERENT_BYTES: usize = 6;

/// Signature algorithm of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret; AuthRocket's default.
    Hs256,
    /// RSA PKCS #1 v1.5 with SHA-256; apps get the public key.
    Rs256,
}

impl Algorithm {
    /// Returns the algorithm's name (`alg`) in a token's header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
        }
    }

    fn inner(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Hs256 => jsonwebtoken::Algorithm::HS256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
        }
    }
}

/// Key that signs tokens. Has no `Debug`; its memory is wiped when dropped.
pub struct SigningKey {
    key: Prepared,
    /// The encoded header, which is identical for all tokens of a key, followed by a dot.
    head: String,
}

enum Prepared {
    Hs256(EncodingKey),
    Rs256(RsaKeyPair),
}

impl SigningKey {
    /// Creates an HS256 key. The bytes of the text itself are the secret; it must be 32 to 512 bytes long.
    pub fn hs256(kid: &str, secret: &str) -> Result<Self, JwtError> {
        check_secret(secret)?;
        let key = Prepared::Hs256(EncodingKey::from_secret(secret.as_bytes()));
        Ok(Self::new(Algorithm::Hs256, kid, key))
    }

    /// Creates an RS256 key from a PEM with an RSA private key (PKCS #8) of at least 2,048 bits. The check takes about
    /// 0.2 ms, so keep the key.
    pub fn rs256(kid: &str, private_pem: &str) -> Result<Self, JwtError> {
        let der = EncodingKey::from_rsa_pem(private_pem.as_bytes()).map_err(|_| JwtError::Key)?;
        let key = RsaKeyPair::from_der(der.as_bytes()).map_err(|_| JwtError::Key)?;
        Ok(Self::new(Algorithm::Rs256, kid, Prepared::Rs256(key)))
    }

    fn new(algorithm: Algorithm, kid: &str, key: Prepared) -> Self {
        install_provider();
        let header = json!({ "typ": "JWT", "alg": algorithm.name(), "kid": kid }).to_string();
        Self { key, head: URL_SAFE_NO_PAD.encode(header) + "." }
    }

    /// Returns a signed token.
    ///
    /// # Panics
    /// If the machine is out of memory: claims are always JSON, and the key was checked when it was made.
    pub fn sign(&self, claims: &Claims) -> String {
        let claims = serde_json::to_vec(claims).expect("claims are strings, numbers and JSON");
        let mut token = self.head.clone();
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.key.sign(token.as_bytes());
        token.push('.');
        token.push_str(&signature);
        token
    }
}

impl Prepared {
    /// Returns the signature in base64url.
    fn sign(&self, text: &[u8]) -> String {
        match self {
            Self::Hs256(key) => crypto::sign(text, key, Algorithm::Hs256.inner()).expect("HMAC takes any text"),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).expect("a checked key signs");
                URL_SAFE_NO_PAD.encode(signature)
            }
        }
    }
}

/// Key that verifies tokens. Has no `Debug`.
pub struct VerifyingKey {
    kid: String,
    key: Checker,
}

enum Checker {
    Hs256(Box<hmac::Key>),
    Rs256(DecodingKey),
}

impl VerifyingKey {
    /// Creates a key that verifies only HS256, with the secret of the signing key.
    pub fn hs256(kid: &str, secret: &str) -> Result<Self, JwtError> {
        check_secret(secret)?;
        Ok(Self::new(kid, Checker::Hs256(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))))
    }

    /// Creates a key that verifies only RS256, from a PEM (`BEGIN PUBLIC KEY`) of an RSA key of at least 2,048 bits.
    pub fn rs256(kid: &str, public_pem: &str) -> Result<Self, JwtError> {
        let key = DecodingKey::from_rsa_pem(public_pem.as_bytes()).map_err(|_| JwtError::Key)?;
        super::rsa::check_public(key.try_get_as_bytes().map_err(|_| JwtError::Key)?)?;
        Ok(Self::new(kid, Checker::Rs256(key)))
    }

    fn new(kid: &str, key: Checker) -> Self {
        install_provider();
        Self { kid: kid.to_owned(), key }
    }

    fn algorithm(&self) -> Algorithm {
        match self.key {
            Checker::Hs256(_) => Algorithm::Hs256,
            Checker::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// Verifies a token and returns its claims. `aud`, if present, must be `audience` (the realm's id). The token
    /// expires when `now_ms` (epoch milliseconds) reaches `exp`, with no leeway.
    pub fn verify(&self, token: &str, audience: &str, now_ms: i64) -> Result<Claims, JwtError> {
        let parts = Parts::split(token)?;
        self.authentic(&parts, &parse(parts.header)?)?;
        let claims: Claims = parse(parts.payload).map_err(|_| JwtError::Claims)?;
        current(&claims, audience, now_ms)?;
        Ok(claims)
    }

    /// Verifies a token that was already decoded, as [`VerifyingKey::verify`] does.
    pub fn verify_read<'t>(
        &self,
        token: &'t Unverified<'_>,
        audience: &str,
        now_ms: i64,
    ) -> Result<&'t Claims, JwtError> {
        self.authentic(&token.parts, &token.header)?;
        current(&token.claims, audience, now_ms)?;
        Ok(&token.claims)
    }

    /// Checks the header and the signature.
    fn authentic(&self, parts: &Parts<'_>, header: &Header) -> Result<(), JwtError> {
        if header.alg != self.algorithm().name() {
            return Err(JwtError::Algorithm);
        }
        if header.critical || header.typ.as_deref().is_some_and(|typ| typ != "JWT") {
            return Err(JwtError::Header);
        }
        if header.kid.as_deref().is_some_and(|kid| kid != self.kid) {
            return Err(JwtError::KeyId);
        }
        let signed = parts.signed.as_bytes();
        let right = match &self.key {
            Checker::Hs256(key) => {
                let signature = URL_SAFE_NO_PAD.decode(parts.signature).map_err(|_| JwtError::Malformed)?;
                hmac::verify(key, signed, &signature).is_ok()
            }
            Checker::Rs256(key) => crypto::verify(parts.signature, signed, key, Algorithm::Rs256.inner())
                .map_err(|_| JwtError::Malformed)?,
        };
        if right { Ok(()) } else { Err(JwtError::Signature) }
    }
}

fn current(claims: &Claims, audience: &str, now_ms: i64) -> Result<(), JwtError> {
    if claims.aud.as_deref().is_some_and(|named| named != audience) {
        return Err(JwtError::Audience);
    }
    match claims.exp {
        Some(exp) if now_ms >= exp.saturating_mul(1000) => Err(JwtError::Expired),
        _ => Ok(()),
    }
}

/// Refuses weak HMAC secrets: PEM texts, because algorithm confusion attacks use the public key as secret, and short or
/// repetitive texts.
fn check_secret(secret: &str) -> Result<(), JwtError> {
    let bytes = secret.as_bytes();
    let different = bytes.iter().collect::<HashSet<_>>().len();
    let usable = SECRET_BYTES.contains(&bytes.len())
        && !secret.contains("-----BEGIN")
        && different >= MIN_DIFFERENT_BYTES
        && !repeats(bytes);
    if usable { Ok(()) } else { Err(JwtError::Key) }
}

/// Returns whether the text repeats one part; the last repetition may be cut off.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period])
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7515, appendix A.1: a binary key, and claims that are not those of a login token.
    #[test]
    fn rfc_7515_hs256() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let token = concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
            ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
            ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        let key = URL_SAFE_NO_PAD.decode(key).expect("base64url");
        let key = VerifyingKey::new("unnamed", Checker::Hs256(Box::new(hmac::Key::new(hmac::HMAC_SHA256, &key))));
        assert_eq!(key.verify(token, "rl_1", 0), Err(JwtError::Claims), "the signature is in order");
        assert_eq!(key.verify(&token.replace(".dBj", ".eBj"), "rl_1", 0), Err(JwtError::Signature));
    }
}
