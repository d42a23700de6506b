//! Proofs that our client sends to a provider: PKCE's challenge (RFC 7636), and a keyed hash in hexadecimal.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{hex, token};

/// Returns the S256 challenge of a verifier.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(token::hash(verifier))
}

/// Returns the HMAC-SHA256 in hexadecimal, for Facebook's `appsecret_proof`.
pub fn keyed_hash(secret: &str, text: &str) -> String {
    hex::encode(sign(&Key::new(HMAC_SHA256, secret.as_bytes()), text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    // RFC 4231, test case 2.
    #[test]
    fn the_keyed_hash_is_that_of_the_rfc() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(keyed_hash("Jefe", "what do ya want for nothing?"), expected);
    }
}
