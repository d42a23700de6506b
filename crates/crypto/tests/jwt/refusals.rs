//! Known forgeries of tokens and keys, all of which are refused (RFC 8725; algorithm confusion, key injection).

use gantry_crypto::jwt::{Claims, JwtError, MAX_BYTES, SigningKey, Unverified, VerifyingKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forge::{
    EC_PUBLIC, NOW_MS, REALM, RSA_1024_PRIVATE, RSA_1024_PUBLIC, RSA_PRIVATE, RSA_PUBLIC, SECRET, claims, hmac_signed,
    hs256, payload, rs256,
};

/// Verifies a token with this header, correctly signed with the secret.
fn with_header(header: &str) -> Result<Claims, JwtError> {
    hs256().verify(&hmac_signed(header, &payload().to_string(), SECRET.as_bytes()), REALM, NOW_MS)
}

/// Verifies a correctly signed token with this payload.
fn with_payload(payload: &str) -> Result<Claims, JwtError> {
    let token = hmac_signed(r#"{"alg":"HS256","typ":"JWT"}"#, payload, SECRET.as_bytes());
    hs256().verify(&token, REALM, NOW_MS)
}

fn signed() -> String {
    SigningKey::hs256("jky_1", SECRET).expect("a good secret").sign(&claims())
}

#[test]
fn forgeries_below_would_pass_if_honest() {
    assert_eq!(with_header(r#"{"alg":"HS256","typ":"JWT","kid":"jky_1"}"#), Ok(claims()));
    assert_eq!(with_payload(&payload().to_string()), Ok(claims()));
}

#[test]
fn none_is_no_algorithm() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let token = hmac_signed(&json!({ "alg": alg }).to_string(), &payload().to_string(), SECRET.as_bytes());
        assert_eq!(hs256().verify(&token, REALM, NOW_MS), Err(JwtError::Algorithm), "{alg}");
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        for token in [format!("{unsigned}."), unsigned.to_owned()] {
            assert!(hs256().verify(&token, REALM, NOW_MS).is_err(), "{alg}");
            assert!(rs256().verify(&token, REALM, NOW_MS).is_err(), "{alg}");
        }
    }
}

#[test]
fn a_key_has_one_algorithm() {
    for alg in ["HS384", "HS512", "RS256", "RS384", "PS256", "ES256", "EdDSA", "hs256", "HS256 "] {
        assert_eq!(with_header(&json!({ "alg": alg }).to_string()), Err(JwtError::Algorithm), "{alg}");
    }
    assert_eq!(with_header("{}"), Err(JwtError::Malformed));
    assert_eq!(with_header(r#"{"alg":null}"#), Err(JwtError::Malformed));
    assert_eq!(with_header(r#"{"alg":["HS256"]}"#), Err(JwtError::Malformed));
    assert_eq!(with_header(r#"{"alg":"none","alg":"HS256"}"#), Err(JwtError::Malformed), "two of them");
}

#[test]
fn a_public_key_is_no_secret() {
    for key in [RSA_PUBLIC, RSA_PUBLIC.trim_end()] {
        let token = hmac_signed(r#"{"alg":"HS256","typ":"JWT"}"#, &payload().to_string(), key.as_bytes());
        assert_eq!(rs256().verify(&token, REALM, NOW_MS), Err(JwtError::Algorithm));
        let token = hmac_signed(r#"{"alg":"RS256","typ":"JWT"}"#, &payload().to_string(), key.as_bytes());
        assert_eq!(rs256().verify(&token, REALM, NOW_MS), Err(JwtError::Signature));
        assert_eq!(VerifyingKey::hs256("jky_1", key).err(), Some(JwtError::Key));
        assert_eq!(SigningKey::hs256("jky_1", key).err(), Some(JwtError::Key));
    }
}

#[test]
fn weak_and_wrong_keys_are_refused() {
    // RFC 7518, section 3.2: at least 256 bits for HS256; section 3.3: at least 2,048 for RS256.
    for secret in
        ["", "short", &SECRET[..31], &"x".repeat(32), &"x1".repeat(20), &"0123456789".repeat(4), &SECRET.repeat(2)]
    {
        assert_eq!(VerifyingKey::hs256("jky_1", secret).err(), Some(JwtError::Key));
        assert_eq!(SigningKey::hs256("jky_1", secret).err(), Some(JwtError::Key));
    }
    for pem in ["", "x", SECRET, EC_PUBLIC, RSA_PRIVATE, RSA_1024_PUBLIC, &RSA_PUBLIC[..200]] {
        assert_eq!(VerifyingKey::rs256("jky_2", pem).err(), Some(JwtError::Key), "{pem}");
    }
    for pem in ["", "x", SECRET, EC_PUBLIC, RSA_PUBLIC, RSA_1024_PRIVATE, &RSA_PRIVATE[..800]] {
        assert_eq!(SigningKey::rs256("jky_2", pem).err(), Some(JwtError::Key), "{pem}");
    }
    let empty = hmac_signed(r#"{"alg":"HS256","typ":"JWT"}"#, &payload().to_string(), b"");
    assert_eq!(hs256().verify(&empty, REALM, NOW_MS), Err(JwtError::Signature));
}

#[test]
fn keys_in_the_header_are_never_used() {
    let own = "an attacker's own secret of 32 bytes and more";
    let jwk = json!({ "kty": "oct", "k": "YW4gYXR0YWNrZXIncyBvd24gc2VjcmV0IG9mIDMyIGJ5dGVzIGFuZCBtb3Jl" });
    for (member, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.test/jwks")),
        ("x5u", json!("https://evil.test/cert")),
        ("x5c", json!(["MIIB"])),
        ("jwk", json!(null)),
    ] {
        let header = json!({ "alg": "HS256", "typ": "JWT", member: value }).to_string();
        let token = hmac_signed(&header, &payload().to_string(), own.as_bytes());
        assert_eq!(hs256().verify(&token, REALM, NOW_MS), Err(JwtError::Signature), "{member}");
    }
}

#[test]
fn critical_extensions_are_refused() {
    for crit in [json!(["exp"]), json!(["b64"]), json!(["http://example.test/UNDEFINED"]), json!([]), json!(null)] {
        let header = json!({ "alg": "HS256", "typ": "JWT", "b64": true, "crit": crit }).to_string();
        assert_eq!(with_header(&header), Err(JwtError::Header), "{crit}");
    }
}

#[test]
fn other_types_are_refused() {
    for typ in ["at+jwt", "logout+jwt", "jwt", "JOSE", ""] {
        assert_eq!(with_header(&json!({ "alg": "HS256", "typ": typ }).to_string()), Err(JwtError::Header), "{typ}");
    }
    assert_eq!(with_header(r#"{"alg":"HS256","typ":7}"#), Err(JwtError::Malformed));
}

#[test]
fn kid_is_only_compared() {
    for kid in
        ["jky_2", "", "jky_1 ", "../../dev/null", "/proc/sys/kernel/randomize_va_space", "' OR 1=1 --", "\u{0}jky_1"]
    {
        assert_eq!(with_header(&json!({ "alg": "HS256", "kid": kid }).to_string()), Err(JwtError::KeyId), "{kid}");
    }
    assert_eq!(with_header(r#"{"alg":"HS256","kid":1}"#), Err(JwtError::Malformed));
}

#[test]
fn expiry_is_exact() {
    let token = signed();
    let exp_ms = 1_700_021_600_000;
    for (now_ms, expected) in [
        (i64::MIN, None),
        (0, None),
        (exp_ms - 1, None),
        (exp_ms, Some(JwtError::Expired)),
        (exp_ms + 1, Some(JwtError::Expired)),
        (i64::MAX, Some(JwtError::Expired)),
    ] {
        assert_eq!(hs256().verify(&token, REALM, now_ms).err(), expected, "at {now_ms}");
    }
    let at = |exp: Value| {
        let mut payload = payload();
        payload["exp"] = exp;
        with_payload(&payload.to_string()).map(|claims| claims.exp)
    };
    assert_eq!(at(json!(i64::MAX)), Ok(Some(i64::MAX)));
    assert_eq!(at(json!(i64::MIN)), Err(JwtError::Expired));
    for exp in [json!(null), json!("1700021600"), json!(1.7e9), json!([1_700_021_600]), json!(u64::MAX), json!(true)] {
        assert_eq!(at(exp.clone()), Err(JwtError::Claims), "{exp}");
    }
}

#[test]
fn audience_is_exact() {
    let token = signed();
    for audience in ["rl_0ab", "rl_0abcd", "RL_0ABC", "", "rl_0abc "] {
        assert_eq!(hs256().verify(&token, audience, NOW_MS), Err(JwtError::Audience), "{audience}");
    }
    for aud in [json!(["rl_0abc"]), json!(["rl_0abc", "rl_1"]), json!(null), json!(7)] {
        let mut payload = payload();
        payload["aud"] = aud.clone();
        assert_eq!(with_payload(&payload.to_string()), Err(JwtError::Claims), "{aud}");
    }
}

#[test]
fn claims_must_be_there_once() {
    for claim in ["iat", "tk", "uid", "un", "n"] {
        let mut payload = payload();
        payload.as_object_mut().expect("an object").remove(claim);
        assert_eq!(with_payload(&payload.to_string()), Err(JwtError::Claims), "{claim}");
    }
    let twice = payload().to_string().replacen('{', r#"{"uid":"usr_2","#, 1);
    assert_eq!(with_payload(&twice), Err(JwtError::Claims));
    for text in ["", "null", "[]", "\"x\"", "{"] {
        assert_eq!(with_payload(text), Err(JwtError::Claims), "{text}");
    }
}

#[test]
fn one_token_has_one_spelling() {
    let token = signed();
    let (front, signature) = token.rsplit_once('.').expect("three parts");
    let (header, payload) = front.split_once('.').expect("three parts");
    for other in [
        format!("{token}="),
        format!("{token} "),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{payload}.{signature}"),
        format!(".{token}"),
        format!("{header}..{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        front.replace('.', ""),
        header.to_owned(),
        "..".to_owned(),
        String::new(),
        format!("Bearer {token}"),
    ] {
        assert!(hs256().verify(&other, REALM, NOW_MS).is_err(), "{other}");
    }
}

#[test]
fn a_change_anywhere_is_refused() {
    for token in [signed(), SigningKey::rs256("jky_2", RSA_PRIVATE).expect("a good key").sign(&claims())] {
        let accepted = |text: &str| [hs256(), rs256()].iter().any(|key| key.verify(text, REALM, NOW_MS).is_ok());
        assert!(accepted(&token));
        for at in 0..token.len() {
            let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = token.clone();
            changed.replace_range(at..=at, other);
            assert!(!accepted(&changed), "character {at}");
        }
    }
}

#[test]
fn long_texts_are_not_read() {
    let mut claims = claims();
    claims.n = "x".repeat(MAX_BYTES * 3 / 4);
    let token = SigningKey::hs256("jky_1", SECRET).expect("a good secret").sign(&claims);
    assert!(token.len() > MAX_BYTES);
    assert_eq!(hs256().verify(&token, REALM, NOW_MS), Err(JwtError::Malformed));
    assert!(Unverified::read(&token).is_none());
    claims.n.truncate(MAX_BYTES * 3 / 4 - 300);
    let token = SigningKey::hs256("jky_1", SECRET).expect("a good secret").sign(&claims);
    assert!(
        token.len() <= MAX_BYTES && hs256().verify(&token, REALM, NOW_MS).is_ok() && Unverified::read(&token).is_some()
    );
}

proptest! {
    #[test]
    fn random_text_is_never_accepted(text in "\\PC*", parts in "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}") {
        for text in [&text, &parts] {
            prop_assert!(Unverified::read(text).is_none());
            prop_assert!(hs256().verify(text, REALM, NOW_MS).is_err());
            prop_assert!(rs256().verify(text, REALM, NOW_MS).is_err());
        }
    }

    #[test]
    fn random_headers_and_payloads_are_never_accepted(header in "\\PC{0,60}", payload in "\\PC{0,60}", key: [u8; 32]) {
        for header in [&header, r#"{"alg":"HS256"}"#, r#"{"alg":"RS256"}"#] {
            let token = hmac_signed(header, &payload, &key);
            prop_assert!(Unverified::read(&token).is_none());
            prop_assert!(hs256().verify(&token, REALM, NOW_MS).is_err());
            prop_assert!(rs256().verify(&token, REALM, NOW_MS).is_err());
        }
    }
}
