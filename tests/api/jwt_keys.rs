//! `/v1/jwt_keys` (api-v1 §18; decisions §3; RFC 8725).

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Engine, TestServer};

const RSA_2048: &str = include_str!("../../crates/crypto/tests/jwt/fixtures/rsa_2048_private.pem");
const RSA_2048_PUBLIC: &str = include_str!("../../crates/crypto/tests/jwt/fixtures/rsa_2048_public.pem");
const RSA_1024: &str = include_str!("../../crates/crypto/tests/jwt/fixtures/rsa_1024_private.pem");
/// 513 bytes.
const TOO_LONG: &str = include_str!("too_long_secret.txt");
const HOUR_MS: i64 = 60 * 60 * 1000;

async fn create(server: &TestServer, fields: Value) -> Value {
    server.post("jwt_keys", json!({ "jwt_key": fields })).await.json(201)
}

async fn login(server: &TestServer) -> String {
    text(&server.authenticate("ada").await, "token").to_owned()
}

async fn checks(server: &TestServer, token: &str) -> bool {
    server.get(&format!("sessions/{token}")).await.status == 200
}

/// What an app does with the key, by a library that is not ours, which refuses an audience that it was not told of.
fn verifies(token: &str, key: &Value) -> bool {
    let text = key["key"].as_str().expect("a key");
    let (algorithm, key) = match key["algo"].as_str() {
        Some("hs256") => (Algorithm::HS256, DecodingKey::from_secret(text.as_bytes())),
        _ => (Algorithm::RS256, DecodingKey::from_rsa_pem(text.as_bytes()).expect("a public key")),
    };
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    decode::<Value>(token, &key, &validation).is_ok()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_key_signs_and_the_old_one_overlaps(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let first = server.get("jwt_keys").await.json(200)["collection"][0].clone();
    let expected = json!({"realm_id": server.realm(), "algo": "hs256", "use": "sign", "expired": false,
        "key": server.made.jwt_key});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&first[name], value, "{name}");
    }
    assert!(is_id("jky", text(&first, "id")) && text(&first, "key").starts_with("jsk_"));
    let before = login(&server).await;
    assert!(verifies(&before, &first));

    let second = create(&server, json!({"algo": "hs256", "use": "sign"})).await;
    let after = login(&server).await;
    assert_eq!(decode_header(&after).expect("a header").kid.as_deref(), second["id"].as_str());
    assert!(verifies(&after, &second) && !verifies(&after, &first));
    assert!(checks(&server, &before).await && checks(&server, &after).await);
    let listed = server.get("jwt_keys").await.json(200);
    assert_eq!(each(&listed, "id"), [text(&second, "id"), text(&first, "id")], "the newest first");
    assert_eq!(listed["collection"][1]["expired"], true);
    let realm = server.get(&format!("realms/{}", server.realm())).await.json(200);
    assert_eq!(realm["jwt_key"], second["key"]);
    // 360 minutes later no session of the old key can live.
    server.clock.advance(6 * HOUR_MS);
    assert_eq!(each(&server.get("jwt_keys").await.json(200), "id"), [text(&second, "id")]);
    server.get(&format!("jwt_keys/{}", text(&first, "id"))).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn deleting_ends_a_key_and_all_that_it_signed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let first = server.get("jwt_keys").await.json(200)["collection"][0].clone();
    let path = format!("jwt_keys/{}", text(&first, "id"));
    let before = login(&server).await;
    let second = server.post(&format!("{path}/rotate"), json!({})).await.json(200);
    assert_eq!((&second["algo"], &second["expired"]), (&json!("hs256"), &json!(false)));
    assert_eq!(decode_header(&login(&server).await).expect("a header").kid.as_deref(), second["id"].as_str());
    assert!(checks(&server, &before).await, "it still verifies");
    assert_eq!(server.delete(&path).await.status, 204);
    assert!(!checks(&server, &before).await, "a key that was replaced can be ended as well");
    assert_eq!(server.delete(&path).await.status, 404);

    let after = login(&server).await;
    assert_eq!(server.delete(&format!("jwt_keys/{}", text(&second, "id"))).await.status, 204);
    assert!(!checks(&server, &after).await, "a leaked key is ended at once");
    let listed = server.get("jwt_keys").await.json(200);
    assert_eq!(listed["collection"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["collection"][0]["algo"], "hs256");
    let third = login(&server).await;
    assert!(checks(&server, &third).await && verifies(&third, &listed["collection"][0]));
    let events = server.get("events?event_type=realm.updated").await.json(200);
    assert_eq!(each(&events, "event_type").len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_may_be_given(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let secret = "a secret that was made elsewhere, 40 bytes";
    let given = create(&server, json!({"algo": "hs256", "use": "sign", "key": secret})).await;
    assert_eq!(given["key"], secret);
    assert!(verifies(&login(&server).await, &given));
    let rsa = create(&server, json!({"algo": "rs256", "use": "sign", "key": RSA_2048})).await;
    assert_eq!(text(&rsa, "key").trim(), RSA_2048_PUBLIC.trim(), "the public half only");
    assert!(verifies(&login(&server).await, &rsa));
    let realm = server.get(&format!("realms/{}", server.realm())).await.json(200);
    assert_eq!((&realm["jwt_algo"], &realm["jwt_key"]), (&json!("rs256"), &rsa["key"]));
    let listed = server.get("jwt_keys").await;
    assert!(!listed.text.contains("PRIVATE"), "{}", listed.text);
    for (algo, wrong) in [
        ("hs256", "31 bytes are too few for SHA-25"),
        ("hs256", RSA_2048),
        ("hs256", RSA_2048_PUBLIC),
        ("hs256", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("hs256", "0123456789012345678901234567890123456789"),
        ("hs256", "aaaabbbbccccddddeeeeaaaabbbbccccdddd"),
        ("hs256", TOO_LONG),
        ("rs256", "no PEM"),
        ("rs256", RSA_1024),
        ("rs256", RSA_2048_PUBLIC),
    ] {
        let answer = server.post("jwt_keys", json!({"jwt_key": {"algo": algo, "use": "sign", "key": wrong}})).await;
        assert_eq!(answer.refusals("key").len(), 1, "{wrong}");
        assert!(checks(&server, &login(&server).await).await, "logins go on");
        assert!(!answer.text.contains(wrong), "a key is never repeated");
    }
    // What is left out is the realm's algorithm, and the only use there is.
    let plain = create(&server, json!({})).await;
    assert_eq!((&plain["algo"], &plain["use"]), (&json!("rs256"), &json!("sign")));
    let plain = create(&server, json!({"algo": "", "use": ""})).await;
    assert_eq!((&plain["algo"], &plain["use"]), (&json!("rs256"), &json!("sign")));
    server.put(&format!("realms/{}", server.realm()), json!({"realm": {"jwt_algo": "hs256"}})).await.json(200);
    assert_eq!(create(&server, json!({"use": "sign"})).await["algo"], "hs256");
    let other = server.post("jwt_keys", json!({"jwt_key": {"algo": "none", "use": "encrypt"}})).await;
    assert!(!other.refusals("algo").is_empty() && !other.refusals("use").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn parallel_rotations_leave_one_that_signs(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let tries = (0..8).map(|_| server.post("jwt_keys", json!({"jwt_key": {"algo": "hs256", "use": "sign"}})));
    for answer in futures_util::future::join_all(tries).await {
        answer.json(201);
    }
    let listed = server.get("jwt_keys").await.json(200);
    let signing = listed["collection"].as_array().expect("keys").iter().filter(|key| key["expired"] == false).count();
    assert_eq!((signing, listed["collection"].as_array().map(Vec::len)), (1, Some(9)));
    let token = login(&server).await;
    assert!(checks(&server, &token).await);
}
