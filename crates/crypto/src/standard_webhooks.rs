//! Webhook signatures of Standard Webhooks (<https://www.standardwebhooks.com>): symmetric, version 1.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign as hmac};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

/// Prefix of each secret, followed by Base64.
pub const PREFIX: &str = "whsec_";

/// Returns the signature `v1,<Base64>` of id, time (epoch seconds) and body; `None` if the secret is not `whsec_` and
/// Base64.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let key = Zeroizing::new(BASE64_STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?);
    let signed = [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat();
    let tag = hmac(&Key::new(HMAC_SHA256, &key), &signed);
    Some(format!("v1,{}", BASE64_STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::sign;

    // The example of the Standard Webhooks reference libraries (standard-webhooks/libraries, each language's test).
    #[test]
    fn signature_is_that_of_the_reference() {
        let body = br#"{"test": 2432232314}"#;
        assert_eq!(
            sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body)
                .as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
        assert_eq!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg", 1, body), None);
    }
}
