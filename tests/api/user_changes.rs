//! `PUT /v1/users/:u`: partial changes, and what they end (api-v1 §4, decisions §3).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";
const NEW_PASSWORD: &str = "even-b3tter-kazoo";

async fn put(server: &TestServer, fields: Value) -> Value {
    server.put("users/ada", json!({ "user": fields })).await.json(200)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_sent_stays_and_null_clears(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut expected = server.user("ada").await;
    let changed =
        put(&server, json!({"reference": "R-1", "first_name": "Augusta", "custom": {"a": 1, "b": "x"}})).await;
    expected["reference"] = json!("R-1");
    expected["first_name"] = json!("Augusta");
    expected["name"] = json!("Augusta Lovelace");
    expected["custom"] = json!({"a": 1, "b": "x"});
    assert_eq!(changed, expected);
    assert_eq!(server.get("users/ada").await.json(200), expected);

    assert_eq!(put(&server, json!({})).await, expected, "nothing sent, nothing changed");
    assert_eq!(put(&server, json!({"custom": {"c": true}})).await["custom"], json!({"c": true}), "replaced whole");
    let cleared = put(&server, json!({"reference": null, "first_name": null, "last_name": null, "custom": null})).await;
    for name in ["reference", "first_name", "last_name"] {
        assert_eq!(cleared[name], Value::Null, "{name}");
    }
    assert_eq!((&cleared["custom"], &cleared["name"]), (&json!({}), &json!("ada")));
    // What is fixed stays, what is required cannot be cleared.
    let fixed = put(&server, json!({"id": "usr_0000000000000000000000", "created_at": 0, "membership_count": 9})).await;
    assert_eq!(fixed, cleared);
    for field in ["username", "email", "password"] {
        let answer = server.put("users/ada", json!({"user": {field: null}})).await;
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    let both = server.put("users/ada", json!({"user": {"email": "x", "username": "a/b", "first_name": "Eve"}})).await;
    assert!(!both.refusals("email").is_empty() && !both.refusals("username").is_empty(), "{}", both.text);
    assert_eq!(server.get("users/ada").await.json(200), cleared, "a refused change changes nothing");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_renamed_user_is_found_under_the_new_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let renamed = put(&server, json!({"username": "Countess", "email": "Countess@Example.com"})).await;
    assert_eq!((&renamed["id"], &renamed["username"]), (&user["id"], &json!("countess")));
    assert_eq!(renamed["email"], "countess@example.com");
    server.get("users/ada").await.json(404);
    server.get("users/COUNTESS").await.json(200);
    server.authenticate("countess").await;
    server.user("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_password_ends_sessions_unless_they_are_to_be_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let bob = server.user("bob").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let bobs = server.post("sessions", json!({"session": {"user_id": bob["id"]}})).await.json(201);
    put(&server, json!({"first_name": "Augusta"})).await;
    server.get(&format!("sessions/{token}")).await.json(200);

    put(&server, json!({"password": NEW_PASSWORD, "password_confirmation": NEW_PASSWORD})).await;
    server.get(&format!("sessions/{token}")).await.json(404);
    server.get(&format!("sessions/{}", text(&bobs, "id"))).await.json(200);
    server.post("users/ada/authenticate", json!({"password": PASSWORD})).await.json(401);
    let login = server.post("users/ada/authenticate", json!({"password": NEW_PASSWORD})).await.json(200);

    put(&server, json!({"password": PASSWORD, "keep_sessions": true})).await;
    server.get(&format!("sessions/{}", text(&login, "token"))).await.json(200);
    server.authenticate("ada").await;
    put(&server, json!({"password": NEW_PASSWORD, "keep_sessions": false})).await;
    server.get(&format!("sessions/{}", text(&login, "token"))).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_password_changes_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    for wrong in [
        json!({"password": "short"}),
        json!({"password": NEW_PASSWORD, "password_confirmation": "other"}),
        json!({"password": NEW_PASSWORD, "email": "nonsense"}),
    ] {
        server.put("users/ada", json!({ "user": wrong })).await.json(422);
    }
    server.get(&format!("sessions/{token}")).await.json(200);
    server.authenticate("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inactive_user_is_out_until_active_again(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    assert_eq!(put(&server, json!({"state": "inactive"})).await["state"], "inactive");
    server.get(&format!("sessions/{token}")).await.json(404);
    server.post("users/ada/authenticate", json!({"password": PASSWORD})).await.json(401);
    server.post("sessions", json!({"session": {"user_id": user["id"]}})).await.json(422);
    put(&server, json!({"state": "active"})).await;
    server.get(&format!("sessions/{token}")).await.json(404);
    server.authenticate("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn verification_is_set_directly_and_stays_with_a_new_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    assert_eq!(put(&server, json!({"email_verification": "requested"})).await["email_verification"], "requested");
    assert_eq!(put(&server, json!({"email_verification": "verified"})).await["email_verification"], "verified");
    // Changing the address neither clears nor restarts it.
    assert_eq!(put(&server, json!({"email": "new@example.com"})).await["email_verification"], "verified");
    let events = server.get("events?event_type=user.email&direction=asc").await.json(200);
    let mut types = each(&events, "event_type");
    types.sort_unstable();
    assert_eq!(types, ["user.email.verification_requested", "user.email.verified"]);
}
