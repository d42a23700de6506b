//! What an issuer signs with.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use gantry_crypto::jwt::generate_rsa;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

/// A key with its id.
pub struct Key {
    pub kid: String,
    pub algorithm: Algorithm,
    pub private: EncodingKey,
}

impl Key {
    pub fn es256(kid: &str) -> Self {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        Self { kid: kid.to_owned(), algorithm: Algorithm::ES256, private: EncodingKey::from_ec_der(pair.as_ref()) }
    }

    pub fn rs256(kid: &str) -> Self {
        let pair = generate_rsa().expect("a key");
        let private = EncodingKey::from_rsa_pem(pair.private_pem.expose_secret().as_bytes()).expect("a key");
        Self { kid: kid.to_owned(), algorithm: Algorithm::RS256, private }
    }

    /// As it is published.
    pub fn public(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, self.algorithm).expect("a public key");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    pub fn sign(&self, claims: &Map<String, Value>) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(self.algorithm) };
        jsonwebtoken::encode(&header, claims, &self.private).expect("a token")
    }
}
