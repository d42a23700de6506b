//! What an ID token has to be (OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725).

use gantry_crypto::{hex, token};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rstest::rstest;
use serde_json::{Map, Value, json};

use super::visit::Visit;
use crate::support::{Answer, Engine};

/// Makes an ID token of these claims.
type Forge = Box<dyn Fn(&Map<String, Value>) -> String + Send>;

async fn visit() -> Visit {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("google").await;
    visit
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("did not confirm who you are"), "{}", answer.text);
}

#[rstest]
#[case::another_audience("aud", json!("client-of-eve"))]
#[case::several_audiences("aud", json!(["client-of-acme", "client-of-eve"]))]
#[case::no_audience("aud", json!(null))]
#[case::another_issuer("iss", json!("https://accounts.google.com.evil.test"))]
#[case::issued_to_another("azp", json!("client-of-eve"))]
#[case::another_nonce("nonce", json!("n-0S6_WzA2Mj"))]
#[case::no_nonce("nonce", json!(null))]
#[case::expired("exp", json!(1_767_225_539))]
#[case::no_expiry("exp", json!(null))]
#[case::from_the_future("iat", json!(1_767_225_661))]
#[case::not_yet("nbf", json!(1_767_225_661))]
#[case::nobody("sub", json!(""))]
#[tokio::test]
async fn a_token_with_a_wrong_claim_is_refused(#[case] name: &'static str, #[case] value: Value) {
    let visit = visit().await;
    visit.providers.state().patch = Box::new(move |claims| {
        claims.insert(name.to_owned(), value.clone());
    });
    assert_refused(&visit.come_anew("/auth/google").await);
    assert_eq!(visit.users().await, Vec::<String>::new(), "nobody is made");
}

#[rstest]
#[case::clocks_differ("exp", json!(1_767_225_541))]
#[case::issued_a_moment_ahead("iat", json!(1_767_225_660))]
#[case::the_other_spelling("iss", json!("accounts.google.com"))]
#[case::issued_to_us("azp", json!("client-of-acme"))]
#[tokio::test]
async fn a_token_that_is_right_is_taken(#[case] name: &'static str, #[case] value: Value) {
    let visit = visit().await;
    visit.providers.state().patch = Box::new(move |claims| {
        claims.insert(name.to_owned(), value.clone());
    });
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");
}

fn with_header(header: &Value, claims: &Map<String, Value>, sign: impl Fn(&str) -> String) -> String {
    use base64::Engine as _;
    let encode = |json: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
    let signed =
        format!("{}.{}", encode(header.to_string().as_bytes()), encode(&serde_json::to_vec(claims).expect("JSON")));
    let signature = sign(&signed);
    format!("{signed}.{signature}")
}

/// Check 25, for tokens of others.
#[tokio::test]
async fn a_token_with_another_algorithm_or_key_is_refused() {
    let visit = visit().await;
    let public = visit.providers.state().keys[0].public();
    let secret = public["x"].as_str().expect("a coordinate").to_owned();
    let unsigned = |header: Value| move |claims: &Map<String, Value>| with_header(&header, claims, |_| String::new());
    let of_client = |claims: &Map<String, Value>| {
        let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(b"s3cret")).expect("a token")
    };
    let of_public = move |claims: &Map<String, Value>| {
        let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
    };
    let own_key = |claims: &Map<String, Value>| {
        let random = aws_lc_rs::rand::SystemRandom::new();
        let pair = aws_lc_rs::signature::EcdsaKeyPair::generate_pkcs8(
            &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            &random,
        )
        .expect("a key");
        let header = Header { kid: Some("first".to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(pair.as_ref())).expect("a token")
    };
    let forged: [(&str, Forge); 8] = [
        ("none", Box::new(unsigned(json!({"alg": "none", "kid": "first"})))),
        ("none in capitals", Box::new(unsigned(json!({"alg": "NONE"})))),
        ("no signature", Box::new(unsigned(json!({"alg": "ES256", "kid": "first"})))),
        ("the client's secret", Box::new(of_client)),
        ("the public key as secret", Box::new(of_public)),
        ("another key under the same id", Box::new(own_key)),
        ("a logout token", Box::new(unsigned(json!({"alg": "ES256", "kid": "first", "typ": "logout+jwt"})))),
        ("an unknown extension", Box::new(unsigned(json!({"alg": "ES256", "kid": "first", "crit": ["b64"]})))),
    ];
    for (what, forge) in forged {
        visit.providers.state().forge = Some(forge);
        let answer = visit.come_anew("/auth/google").await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text);
    }
    assert_eq!(visit.users().await, Vec::<String>::new());
}

/// A key that is right and says more than its algorithm: a type that is no ID token's.
#[tokio::test]
async fn a_rightly_signed_token_of_another_type_is_refused() {
    let visit = visit().await;
    let (kid, key) = {
        let state = visit.providers.state();
        (state.keys[0].kid.clone(), state.keys[0].private.clone())
    };
    visit.providers.state().forge = Some(Box::new(move |claims| {
        let header = Header { kid: Some(kid.clone()), typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &key).expect("a token")
    }));
    assert_refused(&visit.come_anew("/auth/google").await);
}

#[tokio::test]
async fn new_keys_are_fetched_when_they_are_needed_and_no_more_often_than_each_minute() {
    let visit = visit().await;
    visit.come_anew("/auth/google").await;
    visit.come_anew("/auth/google").await;
    assert_eq!(visit.providers.count("/certs"), 1, "kept");

    visit.providers.rotate("second", Algorithm::RS256);
    assert_refused(&visit.come_anew("/auth/google").await);
    assert_eq!(visit.providers.count("/certs"), 1, "asked a moment ago");
    visit.advance(60_000);
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");
    assert_eq!(visit.providers.count("/certs"), 2);

    // Made-up key ids cost the issuer nothing.
    let random = hex::encode(&token::hash("a"));
    visit.providers.state().forge = Some(Box::new(move |claims| {
        with_header(&json!({"alg": "RS256", "kid": random}), claims, |_| "AAAA".to_owned())
    }));
    for _ in 0..5 {
        assert_refused(&visit.come_anew("/auth/google").await);
    }
    assert_eq!(visit.providers.count("/certs"), 2);
}

#[tokio::test]
async fn keys_are_fetched_anew_each_hour_and_kept_while_the_issuer_is_away() {
    let visit = visit().await;
    visit.come_anew("/auth/google").await;
    visit.providers.state().broken = Some(("/certs".to_owned(), 503));
    visit.advance(60 * 60 * 1000);
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");
    assert_eq!(visit.providers.count("/certs"), 2);
    visit.come_anew("/auth/google").await;
    assert_eq!(visit.providers.count("/certs"), 2, "not at every login");
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_refused() {
    let visit = Visit::start(Engine::Sqlite).await;
    let fields = json!({
        "provider_type": "oauth2", "name": "Wrong", "client_id": "a", "client_secret": "b",
        "issuer": format!("{}/issuer", visit.providers.address.replace("127.0.0.1", "localhost")),
    });
    let provider = visit.server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
    let answer = visit.server.browser().get(&format!("/auth/{}", Visit::key(&provider))).await;
    assert_refused(&answer);
}
