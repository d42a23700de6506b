//! Check 25: a login token counts only under the algorithm and the key of its realm, unchanged.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Engine, TestServer};

fn part(token: &str, nth: usize) -> Value {
    let text = token.split('.').nth(nth).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
}

/// A token with this header and payload, signed as HS256 with these bytes.
fn signed(header: &Value, payload: &Value, key: &[u8]) -> String {
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string().as_bytes()),
        URL_SAFE_NO_PAD.encode(payload.to_string().as_bytes())
    );
    let key = EncodingKey::from_secret(key);
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &key, Algorithm::HS256).expect("signs");
    format!("{text}.{signature}")
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    value[name] = to;
    value
}

/// What the token's own key signs, and must be refused all the same, or what another key signs.
fn forgeries(token: &str, key: &str) -> Vec<(String, String)> {
    let (header, payload) = (part(token, 0), part(token, 1));
    let hs256 = with(&header, "alg", json!("HS256"));
    let [head, body, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let mut list = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = URL_SAFE_NO_PAD.encode(with(&header, "alg", json!(none)).to_string().as_bytes());
        list.push((format!("alg {none:?}"), format!("{header}.{body}.")));
        list.push((format!("alg {none:?}, signed"), format!("{header}.{body}.{signature}")));
    }
    list.push(("no signature".into(), format!("{head}.{body}.")));
    list.push(("two parts".into(), format!("{head}.{body}")));
    list.push(("four parts".into(), format!("{token}.{signature}")));
    list.push(("empty key".into(), signed(&hs256, &payload, b"")));
    list.push(("another key".into(), signed(&hs256, &payload, b"jsk_0000000000000000000000000000000000000000000")));
    list.push(("the key's text without its end".into(), signed(&hs256, &payload, &key.as_bytes()[..key.len() - 1])));
    let jwk = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(b"mine"), "kid": header["kid"]});
    for (name, value) in [("jwk", jwk), ("jku", json!("https://evil.test/jwks")), ("x5u", json!("https://evil.test/c"))]
    {
        list.push((name.into(), signed(&with(&hs256, name, value), &payload, b"mine")));
    }
    for kid in
        ["../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'mine' --", "", "jky_0000000000000000000000"]
    {
        list.push((format!("kid {kid:?}"), signed(&with(&hs256, "kid", json!(kid)), &payload, b"")));
        list.push((
            format!("kid {kid:?}, own key"),
            signed(&with(&hs256, "kid", json!(kid)), &payload, key.as_bytes()),
        ));
    }
    for (name, to) in [
        ("exp", json!(4_102_444_800_i64)),
        ("uid", json!("usr_0000000000000000000000")),
        ("aud", json!("rl_0000000000000000000000")),
        ("tk", json!("kss_0000000000000000000000")),
        ("un", json!("root")),
    ] {
        let body = URL_SAFE_NO_PAD.encode(with(&payload, name, to).to_string().as_bytes());
        list.push((format!("edited {name}"), format!("{head}.{body}.{signature}")));
    }
    for crit in [json!(["exp"]), json!(["b64"]), json!(["urn:unknown"]), json!([])] {
        let header = with(&hs256, "crit", crit.clone());
        list.push((format!("crit {crit}"), signed(&header, &payload, key.as_bytes())));
    }
    for alg in ["HS384", "HS512", "RS384", "ES256", "PS256", "EdDSA"] {
        let header = URL_SAFE_NO_PAD.encode(with(&header, "alg", json!(alg)).to_string().as_bytes());
        list.push((alg.into(), format!("{header}.{body}.{signature}")));
    }
    list
}

async fn refused(server: &TestServer, token: &str, why: &str) {
    let path = format!("{}/v1/sessions/{}", server.address, token);
    let request = server.client.request(Method::GET, path).header("X-Authrocket-Api-Key", &server.key);
    let answer = request.send().await.expect("an answer");
    assert!([400, 404].contains(&answer.status().as_u16()), "{why}: {}", answer.status());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_but_the_realms_own_signature_counts(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let realm = format!("realms/{}", server.realm());
    for algo in ["hs256", "rs256"] {
        server.put(&realm, json!({"realm": {"jwt_algo": algo}})).await.json(200);
        let token = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
        assert_eq!(part(&token, 0)["alg"], algo.to_uppercase());
        server.get(&format!("sessions/{token}")).await.json(200);
        let key = server.get(&realm).await.json(200)["jwt_key"].as_str().expect("the key").to_owned();
        if algo == "rs256" {
            assert!(key.contains("PUBLIC KEY"), "{key}");
            // The public key as an HMAC secret, in the spellings that somebody may have at hand.
            for secret in [key.clone(), key.trim().to_owned(), format!("{}\n", key.trim()), key.replace('\n', "\r\n")] {
                let header = with(&part(&token, 0), "alg", json!("HS256"));
                refused(&server, &signed(&header, &part(&token, 1), secret.as_bytes()), "the public key").await;
            }
        } else {
            // The maker of forgeries makes a right one out of what is right.
            let remade = signed(&part(&token, 0), &part(&token, 1), key.as_bytes());
            server.get(&format!("sessions/{remade}")).await.json(200);
        }
        for (why, forged) in forgeries(&token, &key) {
            refused(&server, &forged, &format!("{algo}: {why}")).await;
        }
        server.get(&format!("sessions/{token}")).await.json(200);
    }
}

/// One realm's key signs nothing for another, also of the same account.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_neighbour_realms_key_signs_nothing_here(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let token = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let other = other["id"].as_str().expect("an id");
    let user = json!({"user": {"user_type": "human", "username": "eve", "email": "eve@example.com",
        "password": "tr0mbone-under-glass"}});
    let eve = server.call_as(&server.key, Some(other), Method::POST, "users", Some(user)).await.json(201);
    let body = json!({"session": {"user_id": eve["id"]}});
    let theirs = server.call_as(&server.key, Some(other), Method::POST, "sessions", Some(body)).await.json(201);
    let theirs = theirs["token"].as_str().expect("a token").to_owned();
    let realm = server.call_as(&server.key, Some(other), Method::GET, &format!("realms/{other}"), None).await.json(200);
    let key = realm["jwt_key"].as_str().expect("the key");
    let kid = part(&theirs, 0)["kid"].clone();
    let header = with(&serde_json::to_value(Header::new(Algorithm::HS256)).expect("JSON"), "kid", kid);
    for audience in [json!(other), json!(server.realm()), json!([other, server.realm()])] {
        let payload = with(&part(&token, 1), "aud", audience);
        refused(&server, &signed(&header, &payload, key.as_bytes()), "their key, our session").await;
    }
    let payload = part(&token, 1);
    assert!(payload.get("aud").is_none());
    refused(&server, &signed(&header, &payload, key.as_bytes()), "their key, our session, no audience").await;
}
