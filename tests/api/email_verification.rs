//! Proving email addresses (api-v1 §4.4, §4.5; decisions §3).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Answer, Engine, TestServer};

const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

async fn request(server: &TestServer) -> Value {
    server.post("users/ada/request_email_verification", json!({})).await.json(200)
}

async fn verify(server: &TestServer, key: &str, token: &str) -> Answer {
    server.post(&format!("users/{key}/verify_email"), json!({"user": {"token": token}})).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_proves_the_address_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    assert_eq!(server.user("ada").await["email_verification"], "none");
    let requested = request(&server).await;
    assert_eq!(requested["email_verification"], "requested");
    let token = text(&requested, "token").to_owned();
    assert!(token.starts_with("kev_") && token.len() >= 26, "{token}");
    let verified = verify(&server, "ada", &token).await.json(200);
    assert_eq!(verified["email_verification"], "verified");
    assert_eq!(verify(&server, "ada", &token).await.refusals("token").len(), 1);
    let events = server.get("events?event_type=user.email&direction=asc").await.json(200);
    assert_eq!(each(&events, "event_type"), ["user.email.verification_requested", "user.email.verified"]);
    assert!(!events.to_string().contains(&token));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_proves_only_the_address_that_it_was_sent_to(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("bob").await;
    let token = text(&request(&server).await, "token").to_owned();
    assert_eq!(verify(&server, "bob", &token).await.refusals("token").len(), 1, "somebody else's");
    server.put("users/ada", json!({"user": {"email": "new@example.com"}})).await.json(200);
    assert_eq!(verify(&server, "ada", &token).await.refusals("token").len(), 1, "another address");
    server.put("users/ada", json!({"user": {"email": "ada@example.com"}})).await.json(200);
    assert_eq!(verify(&server, "--", &token).await.json(200)["username"], "ada");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_second_request_leaves_the_first_mail_good_for_its_week(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let first = text(&request(&server).await, "token").to_owned();
    server.clock.advance(1000);
    let second = text(&request(&server).await, "token").to_owned();
    server.clock.advance(WEEK_MS - 1000);
    assert_eq!(verify(&server, "ada", &first).await.refusals("token").len(), 1, "a week is over");
    verify(&server, "ada", &second).await.json(200);
    let (third, fourth) = (request(&server).await, request(&server).await);
    verify(&server, "ada", text(&third, "token")).await.json(200);
    assert_eq!(verify(&server, "ada", text(&fourth, "token")).await.refusals("token").len(), 1, "one proof is enough");
    assert!(!gantry_core::one_time_tokens::remove_expired(&server.app.core).await.expect("removed"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_missing_or_unknown_is_told(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.post("users/nobody/request_email_verification", json!({})).await.json(404);
    assert_eq!(verify(&server, "nobody", "kev_nothing").await.status, 404);
    assert_eq!(verify(&server, "--", "kev_nothing").await.refusals("token").len(), 1);
    let none = server.post("users/ada/verify_email", json!({})).await;
    assert_eq!(none.refusals("token"), ["Token can't be blank"]);
}
