//! What a realm's settings make of sessions and tokens: unmanaged, RS256, another lifetime, a change of keys.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, TestServer};

const MINUTE_MS: i64 = 60_000;

async fn set(server: &TestServer, fields: Value) -> Value {
    server.put(&format!("realms/{}", server.realm()), json!({ "realm": fields })).await.json(200)
}

fn header(token: &str) -> Value {
    let part = token.split('.').next().expect("a header");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// The claims, as an app verifies them with the realm's `jwt_key`.
fn verified(token: &str, realm: &Value) -> Value {
    let key = text(realm, "jwt_key");
    let (algorithm, key) = match text(realm, "jwt_algo") {
        "hs256" => (Algorithm::HS256, DecodingKey::from_secret(key.as_bytes())),
        _ => (Algorithm::RS256, DecodingKey::from_rsa_pem(key.as_bytes()).expect("a PEM public key")),
    };
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false; // the tests' clock is not the machine's
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(token, &key, &validation).expect("verifies").claims
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unmanaged_ones_are_tokens_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let realm = set(&server, json!({"session_type": "unmanaged", "session_minutes": 10})).await;
    let made = server.post("sessions", json!({"session": {"user_id": user["id"]}})).await.json(201);
    assert!(is_id("kst", text(&made, "id")), "{made}");
    let login = server.authenticate("ada").await;
    for token in [text(&made, "token"), text(&login, "token")] {
        let claims = verified(token, &realm);
        assert!(is_id("kst", text(&claims, "tk")), "{claims}");
        assert_eq!(claims["exp"].as_i64(), Some(1_767_225_600 + 600));
        server.get(&format!("sessions/{token}")).await.json(404);
        // There is nothing on record to end, and a logout is no error.
        assert_eq!(server.delete(&format!("sessions/{token}")).await.status, 204);
    }
    server.get(&format!("sessions/{}", text(&made, "id"))).await.json(404);
    let list = server.get(&format!("sessions?user_id={}", text(&user, "id"))).await.json(200);
    assert_eq!(each(&list, "id"), Vec::<&str>::new());

    // 0 minutes: a token without an end.
    let realm = set(&server, json!({"session_minutes": 0})).await;
    let made = server.post("sessions", json!({"session": {"user_id": user["id"]}})).await.json(201);
    assert_eq!(made["expires_at"], Value::Null);
    assert!(verified(text(&made, "token"), &realm).get("exp").is_none());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_verify_with_the_realms_key(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    for algo in ["hs256", "rs256", "hs256"] {
        let realm = set(&server, json!({"jwt_algo": algo})).await;
        let login = server.authenticate("ada").await;
        let token = text(&login, "token");
        let header = header(token);
        assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!(algo.to_uppercase())));
        assert!(is_id("jky", text(&header, "kid")), "{header}");
        let claims = verified(token, &realm);
        assert_eq!((claims.get("aud"), &claims["uid"]), (None, &user["id"]));
        assert_eq!(server.get(&format!("sessions/{token}")).await.json(200)["user_id"], user["id"]);
        let fresh = server.get(&format!("sessions/{token}?expand=token")).await.json(200);
        assert_eq!(verified(text(&fresh, "token"), &realm)["tk"], fresh["id"]);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_of_the_old_key_are_good_to_their_end(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let before = server.get(&format!("realms/{}", server.realm())).await.json(200);
    let old = text(&server.authenticate("ada").await, "token").to_owned();
    server.clock.advance(MINUTE_MS);
    let after = set(&server, json!({"jwt_algo": "rs256"})).await;
    assert_ne!(after["jwt_key"], before["jwt_key"]);
    let new = text(&server.authenticate("ada").await, "token").to_owned();
    assert_ne!(header(&old)["kid"], header(&new)["kid"]);

    for token in [&old, &new] {
        server.get(&format!("sessions/{token}")).await.json(200);
    }
    // A minute before its end, and at it; the new one has a minute more.
    server.clock.advance(358 * MINUTE_MS);
    server.get(&format!("sessions/{old}")).await.json(200);
    server.clock.advance(MINUTE_MS);
    server.get(&format!("sessions/{old}")).await.json(404);
    server.get(&format!("sessions/{new}")).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_lifetime_is_for_new_sessions(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let long = text(&server.authenticate("ada").await, "token").to_owned();
    set(&server, json!({"session_minutes": 5})).await;
    server.clock.advance(1000);
    let short = text(&server.authenticate("ada").await, "token").to_owned();
    server.clock.advance(5 * MINUTE_MS);
    server.get(&format!("sessions/{short}")).await.json(404);
    server.get(&format!("sessions/{long}")).await.json(200);
}

/// What apps may put into a token has no end, what a request may carry has: custom attributes are left out first.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_leave_out_what_does_not_fit(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let realm = set(&server, json!({"jwt_fields": ["custom", "memberships"]})).await;
    server.put("users/ada", json!({"user": {"custom": {"notes": "x".repeat(8_000)}}})).await.json(200);
    let told = async || {
        let login = server.authenticate("ada").await;
        let token = text(&login, "token");
        assert!(token.len() <= 16 * 1024, "{}", token.len());
        let session = server.get(&format!("sessions/{token}")).await.json(200);
        assert_eq!(session["user"]["custom"]["notes"].as_str().map(str::len), Some(8_000));
        verified(token, &realm)
    };
    let join = async |name: String, fields: Value| {
        let org = server.post("orgs", json!({"org": {"name": name}})).await.json(201);
        let mut membership = json!({"user_id": user["id"], "org_id": org["id"]});
        membership.as_object_mut().expect("fields").extend(fields.as_object().expect("fields").clone());
        server.post("memberships", json!({ "membership": membership })).await.json(201);
    };
    let claims = told().await;
    assert_eq!((claims["cs"]["notes"].as_str().map(str::len), &claims["m"]), (Some(8_000), &json!([])));

    join("Acme".to_owned(), json!({"permissions": ["read"], "custom": {"notes": "y".repeat(8_000)}})).await;
    let claims = told().await;
    assert_eq!(claims.get("cs"), None);
    assert_eq!((&claims["m"][0]["p"], claims["m"][0].get("cs")), (&json!(["read"]), None));

    let permissions: Vec<_> = (0..20).map(|number| format!("{}{number:02}", "p".repeat(48))).collect();
    for number in 0..14 {
        join(format!("Org {number}"), json!({ "permissions": permissions })).await;
    }
    let claims = told().await;
    assert_eq!((claims.get("cs"), claims.get("m")), (None, None));
}

/// Libraries for tokens refuse an audience that they were not told of, and demand one that they were.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_name_an_audience_where_the_realm_wants_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    assert_eq!(server.get(&format!("realms/{}", server.realm())).await.json(200)["jwt_audience"], false);
    let before = text(&server.authenticate("ada").await, "token").to_owned();
    let realm = set(&server, json!({"jwt_audience": true})).await;
    assert_eq!(realm["jwt_audience"], true);
    let named = text(&server.authenticate("ada").await, "token").to_owned();
    let decoded = |token: &str, audience: Option<&str>| {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false;
        if let Some(audience) = audience {
            rules.set_audience(&[audience]);
            rules.set_required_spec_claims(&["aud"]);
        }
        let key = DecodingKey::from_secret(text(&realm, "jwt_key").as_bytes());
        jsonwebtoken::decode::<Value>(token, &key, &rules).is_ok()
    };
    assert!(decoded(&before, None) && !decoded(&before, Some(server.realm())));
    assert!(decoded(&named, Some(server.realm())) && !decoded(&named, None) && !decoded(&named, Some("rl_other")));
    for token in [&before, &named] {
        server.get(&format!("sessions/{token}")).await.json(200);
    }
    set(&server, json!({"jwt_audience": false})).await;
    assert!(decoded(text(&server.authenticate("ada").await, "token"), None));
}
