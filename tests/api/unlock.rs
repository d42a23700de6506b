//! Users who are locked after too many wrong passwords or codes, and how they are unlocked (decisions §3).

use rstest::rstest;
use serde_json::{Value, json};

use super::two_factor::{code, enrolled, first_step, second_step};
use crate::loginrocket::visit::{RESET, events, forget, log_in};
use crate::support::{Answer, Engine, START_MS, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";
const NEW: &str = "an0ther-trombone-here";
const WRONG: &str = "wrong-but-long-enough";
const MINUTE_MS: i64 = 60_000;

async fn authenticate(server: &TestServer, password: &str) -> Answer {
    server.post("users/ada/authenticate", json!({"password": password})).await
}

async fn locked(server: &TestServer) {
    for nth in 0..10 {
        assert_eq!(authenticate(server, WRONG).await.status, 401, "{nth}");
    }
    assert_eq!(authenticate(server, PASSWORD).await.status, 429);
}

async fn locked_until(server: &TestServer) -> Value {
    server.get("users/ada").await.json(200)["locked_until"].clone()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_locked_user_tells_until_when(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    assert_eq!(ada["locked_until"], json!(null));
    let org = server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    let membership = json!({"membership": {"user_id": ada["id"], "org_id": org["id"]}});
    server.post("memberships", membership).await.json(201);
    let token = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    for nth in 0..10 {
        assert_eq!(locked_until(&server).await, json!(null), "{nth}");
        assert_eq!(authenticate(&server, WRONG).await.status, 401);
    }
    let whole = |value: &Value| value.as_f64().map(|seconds| seconds * 1000.0);
    #[expect(clippy::cast_precision_loss, reason = "a time of today is exact")]
    let until = Some((START_MS + MINUTE_MS) as f64);
    // Everywhere a user is answered.
    assert_eq!(whole(&locked_until(&server).await), until);
    assert_eq!(whole(&server.get("users").await.json(200)["collection"][0]["locked_until"]), until);
    let session = server.get(&format!("sessions/{token}")).await.json(200);
    assert_eq!(whole(&session["user"]["locked_until"]), until);
    let of_org = format!("memberships?org_id={}", org["id"].as_str().expect("an id"));
    assert_eq!(whole(&server.get(&of_org).await.json(200)["collection"][0]["user"]["locked_until"]), until);
    let changed = server.put("users/ada", json!({"user": {"first_name": "Augusta"}})).await.json(200);
    assert_eq!(whole(&changed["locked_until"]), until, "a change of something else unlocks nobody");
    assert_eq!(events(&server, "user.locked").await, 1);
    // A guesser who goes on keeps the user locked, and causes no more events.
    for _ in 0..5 {
        server.clock.advance(MINUTE_MS);
        assert_eq!(locked_until(&server).await, json!(null));
        assert_eq!(authenticate(&server, WRONG).await.status, 401);
        assert_ne!(locked_until(&server).await, json!(null));
        assert_eq!(authenticate(&server, WRONG).await.status, 429);
    }
    assert_eq!(events(&server, "user.locked").await, 1);
    server.clock.advance(10 * MINUTE_MS);
    locked(&server).await;
    assert_eq!(events(&server, "user.locked").await, 2);
    server.clock.advance(MINUTE_MS);
    assert_eq!(authenticate(&server, PASSWORD).await.status, 200);
    assert_eq!(locked_until(&server).await, json!(null));
    assert_eq!(events(&server, "user.unlocked").await, 0, "it ran out");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_operator_unlocks_a_user_on_every_node(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let node = server.beside().await;
    locked(&server).await;
    assert_eq!(authenticate(&node, PASSWORD).await.status, 429);
    let unlocked = node.post("users/ada/unlock", json!({})).await.json(200);
    assert_eq!((&unlocked["username"], &unlocked["locked_until"]), (&json!("ada"), &json!(null)));
    assert_eq!(events(&server, "user.unlocked").await, 1);
    for one in [&server, &node] {
        assert_eq!(authenticate(one, PASSWORD).await.status, 200);
    }
    assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 302);
    // Who is not locked is answered as well, and it is no event.
    server.post("users/ada/unlock", json!({})).await.json(200);
    assert_eq!(events(&server, "user.unlocked").await, 1);
    server.post("users/nobody/unlock", json!({})).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_password_unlocks(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    locked(&server).await;
    let changed = server.put("users/ada", json!({"user": {"password": NEW}})).await.json(200);
    assert_eq!(changed["locked_until"], json!(null));
    assert_eq!(authenticate(&server, NEW).await.status, 200);
    assert_eq!(events(&server, "user.unlocked").await, 1);
    locked(&server).await;
    forget(&server.browser(), "/password/forgot", "ada").await;
    let token = server.mailed_token(RESET).await;
    let reset = json!({"user": {"token": token, "password": PASSWORD}});
    server.post("users/ada/reset_password_with_token", reset).await.json(200);
    assert_eq!(authenticate(&server, PASSWORD).await.status, 200);
    assert_eq!(events(&server, "user.unlocked").await, 2);
}

/// Whoever knows the password and reads the mail must not have new tries of codes by a reset; an operator's word gives them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_are_forgiven_by_unlocking_and_not_by_a_password(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    for _ in 0..10 {
        let token = first_step(&server).await;
        assert_eq!(second_step(&server, "ada", &token, "wrong1").await.status, 401);
    }
    assert_eq!(events(&server, "user.locked").await, 1);
    assert_eq!(locked_until(&server).await, json!(null), "passwords are still taken");
    server.put("users/ada", json!({"user": {"password": NEW}})).await.json(200);
    server.put("users/ada", json!({"user": {"password": PASSWORD}})).await.json(200);
    let token = first_step(&server).await;
    let right = code(&device.secret, server.clock.now_ms());
    assert_eq!(second_step(&server, "ada", &token, &right).await.status, 429);
    server.post("users/ada/unlock", json!({})).await.json(200);
    assert_eq!(second_step(&server, "ada", &token, &right).await.status, 200);
}
