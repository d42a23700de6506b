//! `/v1/user_tokens`: Signup Tokens, and users made of them (api-v1 §11).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Answer, Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn create(server: &TestServer, fields: Value) -> Answer {
    server.post("user_tokens", json!({ "user_token": fields })).await
}

fn ada() -> Value {
    json!({"username": "Ada", "email": "Ada@Example.com", "first_name": "Ada", "last_name": "Lovelace",
        "password": PASSWORD, "password_confirmation": PASSWORD})
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn signup_data_is_kept_and_becomes_a_user_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let token = create(&server, ada()).await.json(201);
    let id = text(&token, "id").to_owned();
    assert!(id.starts_with("utk_") && id.len() >= 26, "at least 128 random bits: {id}");
    let expected = json!({"object": "user_token", "username": "ada", "email": "ada@example.com", "first_name": "Ada",
        "last_name": "Lovelace", "credential_type": "password"});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&token[name], value, "{name}");
    }
    assert!(token.get("password").is_none());
    assert_eq!(server.get(&format!("user_tokens/{id}")).await.json(200), token);
    assert_eq!(server.get("users").await.json(200)["collection"], json!([]), "not yet a user");

    let user = json!({"user": {"token": id, "reference": "R-1", "custom": {"a": 1}}});
    let user = server.post("users", user).await.json(201);
    let made = (&user["username"], &user["email"], &user["name"], &user["reference"], &user["custom"]);
    let expected = (&json!("ada"), &json!("ada@example.com"), &json!("Ada Lovelace"), &json!("R-1"), &json!({"a": 1}));
    assert_eq!(made, expected);
    assert!(user.get("token").is_none(), "the token is spent, and is told to nobody: {user}");
    server.authenticate("ada").await;
    assert_eq!(server.get(&format!("user_tokens/{id}")).await.status, 404);
    let again = server.post("users", json!({"user": {"token": id, "username": "other"}})).await;
    assert_eq!(again.refusals("token").len(), 1);
    let events = server.get(&format!("events?user_id={}", text(&user, "id"))).await.json(200);
    assert!(each(&events, "event_type").contains(&"user.created"));
    assert!(!events.to_string().contains(&id), "no token is ever in an event");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_rules_of_a_new_user_hold_when_it_is_made_and_when_it_is_used(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let empty = create(&server, json!({})).await;
    for field in ["username", "email", "password"] {
        assert!(!empty.refusals(field).is_empty(), "{field}: {}", empty.text);
    }
    let mut wrong = ada();
    wrong["password_confirmation"] = json!("another");
    assert!(!create(&server, wrong).await.refusals("password_confirmation").is_empty());
    let mut weak = ada();
    weak["password"] = json!("password");
    assert!(!create(&server, weak).await.refusals("password").is_empty());

    // Several may exist for one person, until one of them is used.
    let (first, second) = (create(&server, ada()).await.json(201), create(&server, ada()).await.json(201));
    server.post("users", json!({"user": {"token": first["id"]}})).await.json(201);
    let late = server.post("users", json!({"user": {"token": second["id"]}})).await;
    let told = [late.refusals("username"), late.refusals("email")].concat();
    assert!(!told.is_empty(), "{}", late.text);
    let taken = create(&server, ada()).await;
    assert!(!taken.refusals("username").is_empty() && !taken.refusals("email").is_empty(), "{}", taken.text);
    // The second can still be used under another name.
    let renamed = json!({"user": {"token": second["id"], "username": "ada2", "email": "ada2@example.com"}});
    server.post("users", renamed).await.json(201);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_lapses_after_a_day_and_is_a_persons_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let token = create(&server, ada()).await.json(201);
    let system = json!({"user": {"token": token["id"], "user_type": "api"}});
    assert!(!server.post("users", system).await.refusals("user_type").is_empty());
    server.clock.advance(DAY_MS - 1);
    let path = format!("user_tokens/{}", text(&token, "id"));
    server.get(&path).await.json(200);
    server.clock.advance(1);
    server.get(&path).await.json(404);
    let late = server.post("users", json!({"user": {"token": token["id"]}})).await;
    assert_eq!(late.refusals("token").len(), 1);
    for unknown in ["utk_nothing", "nothing"] {
        assert_eq!(server.post("users", json!({"user": {"token": unknown}})).await.refusals("token").len(), 1);
    }
    assert!(!gantry_core::signup_tokens::remove_expired(&server.app.core).await.expect("removed"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_email_may_be_left_out_where_it_is_the_username(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), realm).await.json(200);
    let token = create(&server, json!({"username": "Ada@example.com", "password": PASSWORD})).await.json(201);
    assert_eq!((&token["username"], &token["email"]), (&json!("ada@example.com"), &json!("ada@example.com")));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_many_uses_at_once_one_wins(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let token = create(&server, ada()).await.json(201);
    let uses = (0..10).map(|n| {
        let user =
            json!({"user": {"token": token["id"], "username": format!("ada{n}"), "email": format!("a{n}@b.com")}});
        server.post("users", user)
    });
    let answers = futures_util::future::join_all(uses).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(lost.refusals("token").len(), 1, "{}", lost.text);
    }
}
