//! Why a login failed: the event tells the reason, the name that was tried, the app and the provider.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::two_factor::{enrolled, first_step, second_step};
use crate::loginrocket::visit::{PASSWORD, events, log_in, set_login_rocket};
use crate::social::visit::Visit;
use crate::support::{Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

/// The newest failed login.
async fn newest(server: &TestServer) -> Value {
    let listed = server.get("events?event_type=user.login.failed&max_results=1").await.json(200);
    listed["collection"][0].clone()
}

async fn reason(server: &TestServer) -> Value {
    newest(server).await["reason"].clone()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_reason_is_told(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    enrolled(&server).await;
    server.user("asleep").await;
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let page = async |name: &str, password: &str| {
        log_in(&server.browser(), "/login", name, password).await;
        newest(&server).await
    };
    let event = page("ada", WRONG).await;
    assert_eq!((&event["reason"], &event["login_name"]), (&json!("wrong_password"), &json!("ada")));
    assert_eq!(event["login_policy_id"], json!(server.made.app.id));
    assert_eq!(page("asleep", PASSWORD).await["reason"], "inactive_user");
    let nobody = page("nobody", PASSWORD).await;
    assert_eq!((&nobody["reason"], &nobody["user_id"]), (&json!("unknown_user"), &json!(null)));
    let token = first_step(&server).await;
    assert_eq!(second_step(&server, "ada", &token, "wrong1").await.status, 401);
    assert_eq!(reason(&server).await, "wrong_code");
    assert_eq!(second_step(&server, "ada", "kli_none", "000000").await.status, 401);
    assert_eq!(reason(&server).await, "unknown_token");
    server.post("users/authenticate_key", json!({"api_key": "none"})).await.json(401);
    assert_eq!(reason(&server).await, "wrong_key");
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    // Known only to whoever has the password, and no failure: a mail has to follow.
    assert_eq!(page("ada", PASSWORD).await["reason"], "wrong_key");
    let event = server.get("events?event_type=user.login.initiated&max_results=1").await.json(200);
    assert!(event["collection"][0].get("reason").is_none(), "{event}");
}

/// People type passwords where their name belongs.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn names_of_nobody_are_hashed_unless_the_realm_wants_them(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let name = async |typed: &str| {
        log_in(&server.browser(), "/login", typed, WRONG).await;
        newest(&server).await["login_name"].as_str().expect("a name").to_owned()
    };
    let (one, same, other) = (name("s3cret-word").await, name("s3cret-word").await, name("other-word").await);
    assert!(one.starts_with("hmac:") && one.len() == 37 && !one.contains("s3cret"), "{one}");
    assert_eq!(one, same);
    assert_ne!(one, other);
    let path = format!("realms/{}", server.realm());
    let shown = server.put(&path, json!({"realm": {"failed_login_names": "shown"}})).await.json(200);
    assert_eq!(shown["failed_login_names"], "shown");
    assert_eq!(name("s3cret-word").await, "s3cret-word");
    server.put(&path, json!({"realm": {"failed_login_names": "whispered"}})).await.json(422);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn refused_social_logins_are_events(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    let provider = visit.add("google").await;
    let server = &visit.server;
    visit.providers.state().broken = Some(("/token".to_owned(), 500));
    visit.come_anew("/auth/google").await;
    let event = newest(server).await;
    assert_eq!((&event["reason"], &event["auth_provider_id"]), (&json!("provider_unreachable"), &provider["id"]));
    assert_eq!(event["user_id"], json!(null));
    visit.providers.state().broken = Some(("/token".to_owned(), 400));
    visit.come_anew("/auth/google").await;
    assert_eq!(reason(server).await, "provider_refused");
    visit.providers.state().broken = None;
    set_login_rocket(server, &json!({"signup": "off"}), "active").await;
    visit.come_anew("/auth/google").await;
    let event = newest(server).await;
    assert_eq!((&event["reason"], &event["login_policy_id"]), (&json!("signups_off"), &json!(server.made.app.id)));
}

/// Tries that are answered as limited, and invented names, do not fill the table.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn visitors_do_not_fill_the_table_of_events(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for _ in 0..30 {
        log_in(&server.browser(), "/login", "ada", WRONG).await;
    }
    assert_eq!(events(&server, "user.login.failed").await, 10);
    let browser = server.browser();
    for _ in 0..620 {
        let fields = [("token", "kli_invented"), ("code", "000000")];
        browser.send(Method::POST, "/v1/login/code", &fields, &[]).await;
    }
    let listed = server.get("events?event_type=user.login.failed&max_results=1000").await.json(200);
    assert_eq!(listed["collection"].as_array().map(Vec::len), Some(610));
    // What concerns a user is recorded all the same.
    server.clock.advance(60_000);
    log_in(&server.browser(), "/login", "ada", WRONG).await;
    assert_eq!(newest(&server).await["reason"], "wrong_password");
}
