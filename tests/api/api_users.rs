//! Users who are systems, and logins by their keys (api-v1 §4.1, §4.5, §9.3).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Answer, Engine, START_MS, TestServer};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn create(server: &TestServer, more: Value) -> Answer {
    let mut user = json!({"user_type": "api"});
    for (name, value) in more.as_object().expect("fields") {
        user[name] = value.clone();
    }
    server.post("users", json!({ "user": user })).await
}

async fn by_key(server: &TestServer, key: &str) -> Answer {
    server.post("users/authenticate_key", json!({ "api_key": key })).await
}

async fn realm(server: &TestServer, fields: Value) {
    server.put(&format!("realms/{}", server.realm()), json!({ "realm": fields })).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_system_needs_nothing_and_is_told_its_key_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    realm(&server, json!({"api_key_prefix": "acme_"})).await;
    let made = create(&server, json!({})).await.json(201);
    assert_eq!((&made["user_type"], &made["email"]), (&json!("api"), &Value::Null));
    assert!(!text(&made, "username").is_empty() && !text(&made, "name").is_empty(), "{made}");
    let key = text(&made, "api_key").to_owned();
    assert!(key.starts_with("acme_") && key.len() >= 5 + 22, "{key}");
    assert_eq!(made["credentials"][0]["credential_type"], "api_key");
    let path = format!("users/{}", text(&made, "username"));
    assert!(server.get(&path).await.json(200).get("api_key").is_none(), "never again");
    let credential = server.get(&format!("credentials/{}", text(&made["credentials"][0], "id"))).await.json(200);
    assert!(credential.get("api_key").is_none(), "nor there: {credential}");

    let named = json!({"username": "Robot", "email": "Robot@Example.com", "name": "The Robot", "first_name": "R"});
    let named = create(&server, named).await.json(201);
    let read = (&named["username"], &named["email"], &named["name"]);
    assert_eq!(read, (&json!("robot"), &json!("robot@example.com"), &json!("The Robot")));
    let same = server.put("users/robot", json!({"user": {"state": "active"}})).await.json(200);
    assert_eq!(same["name"], "The Robot", "stays until another is sent");
    let two = create(&server, json!({})).await.json(201);
    assert_ne!(two["username"], made["username"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn passwords_are_for_people_and_keys_for_systems(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let password = create(&server, json!({"password": "tr0mbone-under-glass"})).await;
    assert!(!password.refusals("password").is_empty());
    let key = server.put("users/ada", json!({"user": {"api_key": "generate"}})).await;
    assert!(!key.refusals("api_key").is_empty());
    let robot = create(&server, json!({"username": "robot"})).await.json(201);
    let typed = server.put("users/robot", json!({"user": {"user_type": "human", "first_name": "R"}})).await.json(200);
    assert_eq!(typed["user_type"], "api", "the type is fixed");
    server.post("users/robot/generate_password_token", json!({})).await.json(422);
    for (user, kind) in [(&robot["id"], "password"), (&json!("ada"), "api_key")] {
        let credential =
            json!({"credential": {"user_id": user, "credential_type": kind, "password": "tr0mbone-under-glass"}});
        assert!(!server.post("credentials", credential).await.refusals("credential_type").is_empty(), "{kind}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_given_key_is_taken_as_it_is_within_bounds(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    realm(&server, json!({"api_key_prefix": "acme_"})).await;
    let given = "my-own-key-0123456789";
    let made = create(&server, json!({"api_key": given})).await.json(201);
    assert_eq!(made["api_key"], given);
    by_key(&server, given).await.json(200);
    let taken = create(&server, json!({"api_key": given})).await;
    assert_eq!(taken.refusals("api_key").len(), 1);
    for wrong in
        [json!("short"), json!("k".repeat(257)), json!("with a space in it"), json!("ümläut-ümläut-ümläut"), json!(7)]
    {
        assert!(!create(&server, json!({"api_key": wrong})).await.refusals("api_key").is_empty(), "{wrong}");
    }
    // A new one ends the old.
    let path = format!("users/{}", text(&made, "id"));
    let changed = server.put(&path, json!({"user": {"api_key": "generate"}})).await.json(200);
    by_key(&server, given).await.json(401);
    by_key(&server, text(&changed, "api_key")).await.json(200);
    let kept = server.put(&path, json!({"user": {"api_key": ""}})).await.json(200);
    assert!(kept.get("api_key").is_none());
    by_key(&server, text(&changed, "api_key")).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_realm_may_want_keys_readable(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    realm(&server, json!({"api_key_policy": "encrypt"})).await;
    let made = create(&server, json!({"username": "robot"})).await.json(201);
    let key = &made["api_key"];
    assert_eq!(&server.get("users/robot").await.json(200)["api_key"], key);
    let credential = format!("credentials/{}", text(&made["credentials"][0], "id"));
    assert_eq!(&server.get(&credential).await.json(200)["api_key"], key);
    assert!(server.get("users").await.json(200)["collection"][0].get("api_key").is_none(), "not in lists");
    // A hash cannot be read: what was made under the other policy stays hidden.
    realm(&server, json!({"api_key_policy": "hash"})).await;
    assert!(server.get("users/robot").await.json(200).get("api_key").is_none());
    by_key(&server, text(&made, "api_key")).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_logs_in_with_a_token_that_is_never_on_record(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    realm(&server, json!({"api_key_minutes": 10})).await;
    let made = create(&server, json!({"username": "robot"})).await.json(201);
    let login = by_key(&server, text(&made, "api_key")).await.json(200);
    assert_eq!((&login["object"], &login["username"]), (&json!("user"), &json!("robot")));
    let token = text(&login, "token");
    let claims = |token: &str| {
        let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("a payload")).expect("base64url");
        serde_json::from_slice::<Value>(&payload).expect("claims")
    };
    let told = claims(token);
    assert!(text(&told, "tk").starts_with("kst_"), "{told}");
    assert_eq!(told["exp"], START_MS / 1000 + 600);
    server.get(&format!("sessions/{token}")).await.json(404);
    let listed = server.get(&format!("sessions?user_id={}", text(&made, "id"))).await.json(200);
    assert_eq!(listed["collection"], json!([]));
    // Without minutes it lasts for ever.
    realm(&server, json!({"api_key_minutes": 0})).await;
    let login = by_key(&server, text(&made, "api_key")).await.json(200);
    assert!(claims(text(&login, "token")).get("exp").is_none());
    // A session made for it by the app's server is of the same kind.
    let session = json!({"session": {"user_id": made["id"]}});
    let session = server.post("sessions", session).await.json(201);
    assert!(text(&session, "id").starts_with("kst_"), "{session}");
    assert_eq!(session["expires_at"], Value::Null);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn wrong_keys_and_inactive_users_are_401_with_an_event(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = create(&server, json!({"username": "robot"})).await.json(201);
    let key = text(&made, "api_key");
    by_key(&server, "wrong-key-wrong-key").await.json(401);
    server.post("users/authenticate_key", json!({})).await.json(400);
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let body = Some(json!({ "api_key": key }));
    let other = Some(text(&other, "id"));
    let answer = server.call_as(&server.key, other, reqwest::Method::POST, "users/authenticate_key", body).await;
    assert_eq!(answer.status, 401, "another realm's");
    server.put("users/robot", json!({"user": {"state": "inactive"}})).await.json(200);
    by_key(&server, key).await.json(401);
    let events = server.get("events?event_type=user.login.failed").await.json(200);
    assert_eq!(events["collection"].as_array().map(Vec::len), Some(2), "of this realm: {events}");
    assert!(!events.to_string().contains(key));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_last_login_of_a_system_is_told_to_the_day(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = create(&server, json!({"username": "robot"})).await.json(201);
    let key = text(&made, "api_key");
    let last = async || {
        by_key(&server, key).await.json(200);
        server.get("users/robot").await.json(200)["last_login_at"].as_f64().expect("a time")
    };
    let first = last().await;
    server.clock.advance(DAY_MS - 1);
    assert!((last().await - first).abs() < f64::EPSILON);
    server.clock.advance(1);
    assert!((last().await - first - 86_400.0).abs() < 0.001);
    let events = server.get("events?event_type=user.login.succeeded").await.json(200);
    assert_eq!(each(&events, "event_type").len(), 3, "each login is an event");
}
