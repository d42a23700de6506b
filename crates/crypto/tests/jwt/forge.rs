//! Keys, claims and hand-made tokens for these tests.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gantry_crypto::jwt::{Claims, VerifyingKey};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "jsk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
pub(crate) const REALM: &str = "rl_0abc";
/// Between `iat` and `exp` of all claims here.
pub(crate) const NOW_MS: i64 = 1_700_000_001_000;

// Made with OpenSSL 3.0: `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:<size>`, `openssl ecparam -genkey`,
// `openssl pkey -pubout`.
pub(crate) const RSA_PRIVATE: &str = include_str!("fixtures/rsa_2048_private.pem");
pub(crate) const RSA_PUBLIC: &str = include_str!("fixtures/rsa_2048_public.pem");
pub(crate) const RSA_1024_PRIVATE: &str = include_str!("fixtures/rsa_1024_private.pem");
pub(crate) const RSA_1024_PUBLIC: &str = include_str!("fixtures/rsa_1024_public.pem");
pub(crate) const EC_PUBLIC: &str = include_str!("fixtures/ec_p256_public.pem");

pub(crate) fn hs256() -> VerifyingKey {
    VerifyingKey::hs256("jky_1", SECRET).expect("a good secret")
}

pub(crate) fn rs256() -> VerifyingKey {
    VerifyingKey::rs256("jky_2", RSA_PUBLIC).expect("a good key")
}

/// The required claims of a login token.
pub(crate) fn payload() -> Value {
    json!({
        "iat": 1_700_000_000, "exp": 1_700_021_600, "aud": REALM,
        "tk": "kss_1", "uid": "usr_1", "un": "ada", "n": "Ada",
    })
}

pub(crate) fn claims() -> Claims {
    serde_json::from_value(payload()).expect("good claims")
}

/// Creates a token with any header and payload, signed with HMAC-SHA256 regardless of its header.
pub(crate) fn hmac_signed(header: &str, payload: &str, key: &[u8]) -> String {
    let signed = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    signed + "." + &URL_SAFE_NO_PAD.encode(tag)
}
