//! `/.well-known/jwks.json` and `/connect/jwks` (decisions §3, JWT keys): apps that verify with the published keys alone
//! never refuse a good token, also while keys are rotated.

use std::path::Path;
use std::process::Stdio;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::node_modules;
use crate::support::{Engine, TestServer};

const HOUR_MS: i64 = 60 * 60 * 1000;

async fn server(engine: Engine) -> TestServer {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_algorithm(&server, "rs256").await;
    server
}

async fn set_algorithm(server: &TestServer, algorithm: &str) {
    let path = format!("realms/{}", server.realm());
    server.put(&path, json!({"realm": {"jwt_algo": algorithm}})).await.json(200);
}

async fn published(server: &TestServer) -> Value {
    server.browser().get("/.well-known/jwks.json").await.json(200)
}

fn kids(jwks: &Value) -> Vec<&str> {
    jwks["keys"].as_array().expect("keys").iter().map(|key| key["kid"].as_str().expect("a kid")).collect()
}

async fn login(server: &TestServer) -> String {
    server.authenticate("ada").await["token"].as_str().expect("a token").to_owned()
}

fn kid(token: &str) -> String {
    decode_header(token).expect("a header").kid.expect("a kid")
}

/// By `jsonwebtoken`: by `n` and `e`, and by `x5c` as AuthRocket's clients read it.
fn verifies(jwks: &Value, token: &str) -> bool {
    let set: JwkSet = serde_json::from_value(jwks.clone()).expect("a JWK Set");
    let kid = kid(token);
    let Some(key) = set.find(&kid) else { return false };
    let own = jwks["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == *kid).expect("the key");
    let bare = own["x5c"][0].as_str().expect("a key");
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{bare}\n-----END PUBLIC KEY-----\n");
    let by_pem = DecodingKey::from_rsa_pem(pem.as_bytes()).expect("a public key");
    let by_parts = DecodingKey::from_jwk(key).expect("a public key");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let [first, second] = [by_pem, by_parts].map(|key| decode::<Value>(token, &key, &validation).is_ok());
    assert_eq!(first, second);
    first
}

/// By `jose`: the `kid` of each token that it takes.
async fn jose(server: &TestServer, jwks: &Value, tokens: &[&str]) -> Vec<Option<String>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/jose.mjs");
    let mut node = Command::new("node");
    node.arg(script).env("GANTRY_NODE_MODULES", node_modules()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = node.spawn().expect("node runs");
    let sent = json!({"jwks": jwks, "tokens": tokens, "seconds": server.clock.now_ms() / 1000}).to_string();
    let mut input = child.stdin.take().expect("its input");
    input.write_all(sent.as_bytes()).await.expect("room to write");
    drop(input);
    let output = child.wait_with_output().await.expect("its output");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn public_keys_are_published_and_secrets_never(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    assert_eq!(published(&server).await, json!({"keys": []}), "HS256");
    set_algorithm(&server, "rs256").await;
    let answer = server.browser().get("/.well-known/jwks.json").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.text.contains("jsk_") && !answer.text.contains(&server.made.jwt_key), "{}", answer.text);
    let set = answer.json(200);
    assert_eq!(server.browser().get("/connect/jwks").await.json(200), set);
    let [key] = &set["keys"].as_array().expect("keys")[..] else { panic!("one key: {set}") };
    assert_eq!((&key["kty"], &key["use"], &key["alg"]), (&json!("RSA"), &json!("sig"), &json!("RS256")));
    // RFC 7518, section 6.3.1: e = 65537 is AQAB; 256 bytes of n have 342 characters, and begin with no zero byte.
    assert_eq!((&key["e"], key["n"].as_str().map(str::len)), (&json!("AQAB"), Some(342)));
    assert!(!key["n"].as_str().expect("text").starts_with("AA"));
    let token = login(&server).await;
    assert!(verifies(&set, &token));
    assert_eq!(jose(&server, &set, &[&token]).await, [Some(kid(&token))]);
}

/// An app fetches the keys once in 24 hours, at the worst moment: just before the rotation.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_rotation_is_announced_for_a_day(#[case] engine: Engine) {
    let server = server(engine).await;
    let (before, first) = (published(&server).await, login(&server).await);
    let path = format!("jwt_keys/{}/rotate", kid(&first));
    let next = server.post(&path, json!({})).await.json(200);
    let a_day_later = (server.clock.now_ms() + 24 * HOUR_MS) / 1000;
    assert_eq!((&next["expired"], next["signs_from"].to_string()), (&json!(false), format!("{a_day_later}.0")));
    assert_eq!(server.post(&path, json!({})).await.json(200)["id"], next["id"], "it is under way");
    let during = published(&server).await;
    assert_eq!(kids(&during), [next["id"].as_str().expect("an id"), &*kid(&first)]);

    server.clock.advance(24 * HOUR_MS - 1);
    let last = login(&server).await;
    assert!(verifies(&before, &last), "who fetched the keys before it still verifies a day later");
    server.clock.advance(1);
    let new = login(&server).await;
    assert_eq!(kid(&new), next["id"], "the next key signs");
    assert!(verifies(&during, &new) && !verifies(&before, &new));
    let after = published(&server).await;
    let taken = jose(&server, &after, &[&last, &new]).await;
    assert_eq!(taken, [Some(kid(&last)), Some(kid(&new))], "live tokens of both keys");
    assert_eq!(server.get(&format!("sessions/{last}")).await.status, 200);
    let old = server.get(&format!("jwt_keys/{}", kid(&first))).await.json(200);
    assert_eq!(old["expired"], true);
    assert_eq!(server.post(&path, json!({})).await.status, 422, "the key that was replaced");
    // 360 minutes later no token of the old key lives.
    server.clock.advance(6 * HOUR_MS);
    assert_eq!(kids(&published(&server).await), [next["id"].as_str().expect("an id")]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_given_key_is_announced_too_and_a_listed_one_may_be_taken_back(#[case] engine: Engine) {
    let server = server(engine).await;
    let first = login(&server).await;
    let mut listed = Vec::new();
    for _ in 0..2 {
        let made = server.post("jwt_keys", json!({"jwt_key": {"algo": "rs256", "use": "sign"}})).await.json(201);
        listed.push(made["id"].as_str().expect("an id").to_owned());
        assert_eq!(kid(&login(&server).await), kid(&first), "it does not sign yet");
    }
    assert_eq!(kids(&published(&server).await), [&*listed[1], &*kid(&first)], "the later one takes the place");
    assert_eq!(server.delete(&format!("jwt_keys/{}", listed[1])).await.status, 204);
    assert_eq!(kids(&published(&server).await), [&*kid(&first)]);
    server.clock.advance(48 * HOUR_MS);
    assert_eq!(kid(&login(&server).await), kid(&first), "which goes on");
    // Where apps have to be told anyway, another key signs at once.
    set_algorithm(&server, "hs256").await;
    assert_ne!(kid(&login(&server).await), kid(&first));
    server.post("jwt_keys", json!({"jwt_key": {"algo": "rs256", "use": "sign"}})).await.json(201);
    let token = login(&server).await;
    assert!(verifies(&published(&server).await, &token));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_leaked_key_is_gone_at_once(#[case] engine: Engine) {
    for is_announced in [false, true] {
        let server = server(engine).await;
        let leaked = login(&server).await;
        let path = format!("jwt_keys/{}", kid(&leaked));
        let next = if is_announced {
            Some(server.post(&format!("{path}/rotate"), json!({})).await.json(200)["id"].clone())
        } else {
            None
        };
        assert_eq!(server.get(&format!("sessions/{leaked}")).await.status, 200);
        assert_eq!(server.delete(&path).await.status, 204);
        assert_eq!(server.get(&format!("sessions/{leaked}")).await.status, 404, "its tokens end with it");
        let set = published(&server).await;
        let fresh = login(&server).await;
        assert_eq!(kids(&set), [&*kid(&fresh)]);
        assert!(verifies(&set, &fresh) && !verifies(&set, &leaked));
        assert_eq!(server.get(&format!("sessions/{fresh}")).await.status, 200);
        assert!(next.is_none_or(|next| next == *kid(&fresh)), "the one that was listed signs now");
        assert_eq!(server.delete(&path).await.status, 404);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[tokio::test]
async fn hosts_of_nobody_publish_nothing(#[case] engine: Engine) {
    let server = server(engine).await;
    for host in [format!("localhost:{}", server.port), format!("other.localhost:{}", server.port)] {
        let url = format!("{}/.well-known/jwks.json", server.address);
        let answer = server.client.get(url).header("host", host).send().await.expect("an answer");
        assert_eq!(answer.status(), 404);
    }
}
