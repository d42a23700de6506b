//! Tokens that other implementations signed, and the format of our own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gantry_crypto::jwt::{Claims, JwtError, MembershipClaim, SigningKey, Unverified, VerifyingKey, generate_rsa};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use crate::forge::{NOW_MS, REALM, RSA_PRIVATE, SECRET, claims, hs256, rs256};

/// `PyJWT` 2.15.1: `jwt.encode(claims, SECRET, "HS256", headers={"kid": "jky_1"})`, with every claim.
const PYJWT_FULL: &str = concat!(
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImpreV8xIiwidHlwIjoiSldUIn0.",
    "eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAyMTYwMCwiYXVkIjoicmxfMGFiYyIsInRrIjoia3NzXzEiLCJ1aWQiOiJ1c3JfMSIsInVuIjoi",
    "em9cdTAwZWIiLCJuIjoiWm9cdTAwZWIgTydOZWlsIiwiZm4iOiJab1x1MDBlYiIsImxuIjoiTydOZWlsIiwiY3MiOnsicGxhbiI6ImdvbGQiLCJz",
    "ZWF0cyI6M30sIm0iOlt7InAiOlsiYWRtaW4iLCJiaWxsaW5nIl0sIm9pZCI6Im9yZ18xIiwibyI6Ilx1MDBkY25cdTAwZWZjb3JuIiwiY3MiOnsi",
    "YSI6bnVsbH0sIm9jcyI6eyJiIjpbMSwyXX19LHsicCI6W119XX0.",
    "KmL6qgldpI6FRctSpHQihuZN3MwN0ov1aTrGWR5AKiI",
);
/// `PyJWT` 2.15.1, with neither `typ` nor `kid` in the header and no `exp`.
const PYJWT_BARE: &str = concat!(
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJpYXQiOjE3MDAwMDAwMDAsImF1ZCI6InJsXzBhYmMiLCJ0ayI6Imtzc18xIiwidWlkIjoidXNyXzEiLCJ1biI6InpvXHUwMGViIiwibiI6Ilpv",
    "XHUwMGViIE8nTmVpbCJ9.",
    "TyJe3j7KSfGz5obQweWoYmTer70haNV30818tETKKe0",
);
/// OpenSSL 3.0: `openssl dgst -sha256 -sign rsa_2048_private.pem` over header and payload.
const OPENSSL_RS256: &str = include_str!("fixtures/openssl_rs256.jwt");

fn object(value: &Value) -> Option<Map<String, Value>> {
    value.as_object().cloned()
}

fn full_claims() -> Claims {
    Claims {
        iat: 1_700_000_000,
        exp: Some(1_700_021_600),
        aud: Some(REALM.to_owned()),
        tk: "kss_1".to_owned(),
        uid: "usr_1".to_owned(),
        un: "zoë".to_owned(),
        n: "Zoë O'Neil".to_owned(),
        r#fn: Some("Zoë".to_owned()),
        ln: Some("O'Neil".to_owned()),
        cs: object(&json!({ "plan": "gold", "seats": 3 })),
        m: Some(vec![
            MembershipClaim {
                p: vec!["admin".to_owned(), "billing".to_owned()],
                oid: Some("org_1".to_owned()),
                o: Some("Ünïcorn".to_owned()),
                cs: object(&json!({ "a": null })),
                ocs: object(&json!({ "b": [1, 2] })),
            },
            MembershipClaim::default(),
        ]),
    }
}

#[test]
fn hs256_of_pyjwt_verifies() {
    assert_eq!(hs256().verify(PYJWT_FULL, REALM, NOW_MS), Ok(full_claims()));
    let bare = hs256().verify(PYJWT_BARE, REALM, i64::MAX).expect("no kid, no exp");
    assert_eq!((bare.exp, bare.r#fn, bare.cs, bare.m), (None, None, None, None));
}

#[test]
fn rs256_of_openssl_verifies() {
    let token = OPENSSL_RS256.trim_end();
    assert_eq!(rs256().verify(token, REALM, NOW_MS).expect("verifies").tk, "kss_2");
    assert_eq!(peeked(token), Some(("kss_2".to_owned(), Some("jky_2".to_owned()))));
}

fn peeked(token: &str) -> Option<(String, Option<String>)> {
    let read = Unverified::read(token)?;
    Some((read.tk().to_owned(), read.kid().map(str::to_owned)))
}

#[test]
fn a_token_that_was_read_tells_its_session_and_key_and_verifies_alike() {
    assert_eq!(peeked(PYJWT_FULL), Some(("kss_1".to_owned(), Some("jky_1".to_owned()))));
    assert_eq!(peeked(PYJWT_BARE), Some(("kss_1".to_owned(), None)));
    assert_eq!(peeked("blahblah"), None);
    let read = Unverified::read(PYJWT_FULL).expect("a token");
    assert_eq!(hs256().verify_read(&read, REALM, NOW_MS), Ok(&full_claims()));
    assert_eq!(hs256().verify_read(&read, "rl_other", NOW_MS), Err(JwtError::Audience));
    assert_eq!(hs256().verify_read(&read, REALM, i64::MAX), Err(JwtError::Expired));
    assert_eq!(rs256().verify_read(&read, REALM, NOW_MS), Err(JwtError::Algorithm));
}

#[test]
fn our_tokens_have_the_documented_parts() {
    let hs = SigningKey::hs256("jky_1", SECRET).expect("a good secret");
    let rs = SigningKey::rs256("jky_2", RSA_PRIVATE).expect("a good key");
    for (token, alg, kid) in [(hs.sign(&full_claims()), "HS256", "jky_1"), (rs.sign(&full_claims()), "RS256", "jky_2")]
    {
        let part = |index| -> Value {
            let part = token.split('.').nth(index).expect("three parts");
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
        };
        assert_eq!(part(0), json!({ "typ": "JWT", "alg": alg, "kid": kid }));
        assert_eq!(
            part(1),
            json!({
                "iat": 1_700_000_000, "exp": 1_700_021_600, "aud": "rl_0abc", "tk": "kss_1", "uid": "usr_1",
                "un": "zoë", "n": "Zoë O'Neil", "fn": "Zoë", "ln": "O'Neil", "cs": { "plan": "gold", "seats": 3 },
                "m": [
                    { "p": ["admin", "billing"], "oid": "org_1", "o": "Ünïcorn", "cs": { "a": null }, "ocs": { "b": [1, 2] } },
                    { "p": [] },
                ],
            })
        );
        let verified = if alg == "HS256" { hs256() } else { rs256() }.verify(&token, REALM, NOW_MS);
        assert_eq!(verified, Ok(full_claims()));
    }
}

#[test]
fn absent_claims_are_left_out() {
    let token =
        SigningKey::hs256("jky_1", SECRET).expect("a good secret").sign(&Claims { exp: None, aud: None, ..claims() });
    let payload = token.split('.').nth(1).expect("three parts");
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("UTF-8");
    assert_eq!(text, r#"{"iat":1700000000,"tk":"kss_1","uid":"usr_1","un":"ada","n":"Ada"}"#);
    assert_eq!(hs256().verify(&token, REALM, NOW_MS).map(|claims| claims.aud), Ok(None));
}

#[test]
fn fresh_rsa_keys_sign_and_verify() {
    let pair = generate_rsa().expect("a key");
    let private = pair.private_pem.expose_secret();
    assert!(private.starts_with("-----BEGIN PRIVATE KEY-----\n") && private.ends_with("\n-----END PRIVATE KEY-----\n"));
    assert!(pair.public_pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(pair.public_pem.lines().all(|line| line.len() <= 64), "RFC 7468");
    let token = SigningKey::rs256("jky_2", private).expect("signs").sign(&claims());
    let key = VerifyingKey::rs256("jky_2", &pair.public_pem).expect("verifies");
    assert_eq!(key.verify(&token, REALM, NOW_MS), Ok(claims()));
    assert_eq!(rs256().verify(&token, REALM, NOW_MS), Err(JwtError::Signature));
}
