//! Checks 13 and 16 for passwords: ten wrong tries per user and fifty per address, in one count for the pages and the API.

use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, log_in};
use crate::support::{Answer, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

async fn by_api(server: &TestServer, username: &str, password: &str) -> Answer {
    server.post(&format!("users/{username}/authenticate"), json!({"password": password})).await
}

async fn by_page(server: &TestServer, username: &str, password: &str) -> Answer {
    log_in(&server.browser(), "/login", username, password).await
}

#[track_caller]
fn is_limited(answer: &Answer) {
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(answer.header("set-cookie"), "");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn after_ten_wrong_tries_the_right_password_has_to_wait(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    server.user("eve").await;
    // Pages and API share the count, however the user is called.
    let id = user["id"].as_str().expect("an id").to_owned();
    for nth in 0..10 {
        let answer = match nth % 4 {
            0 => by_page(&server, "ada", WRONG).await,
            1 => by_api(&server, "ADA", WRONG).await,
            2 => by_page(&server, &id, WRONG).await,
            _ => by_api(&server, &id, WRONG).await,
        };
        assert!([401, 422].contains(&answer.status), "{nth}: {}", answer.status);
    }
    is_limited(&by_page(&server, "ada", PASSWORD).await);
    is_limited(&by_page(&server, &id, PASSWORD).await);
    is_limited(&by_api(&server, "ada", PASSWORD).await);
    is_limited(&by_api(&server, &id, PASSWORD).await);
    assert_eq!(by_page(&server, "eve", PASSWORD).await.status, 302, "others are not concerned");

    // Ten tries in ten minutes: one comes back each minute.
    server.clock.advance(59_999);
    is_limited(&by_page(&server, "ada", PASSWORD).await);
    server.clock.advance(1);
    assert_eq!(by_page(&server, "ada", PASSWORD).await.status, 302);
    assert_eq!(by_api(&server, "ada", PASSWORD).await.status, 200, "a success empties the count");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_address_has_fifty_wrong_tries_whoever_is_tried(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    // The page knows the visitor's address, the API's caller tells it: both count as one.
    for nth in 0..25 {
        assert_eq!(by_page(&server, &format!("name{nth}"), WRONG).await.status, 422, "{nth}");
        server.user(&format!("user{nth}")).await;
        let body = json!({"password": WRONG, "request": {"ip": "127.0.0.1"}});
        assert_eq!(server.post(&format!("users/user{nth}/authenticate"), body).await.status, 401, "{nth}");
    }
    is_limited(&by_page(&server, "ada", PASSWORD).await);
    let here = json!({"password": PASSWORD, "request": {"ip": "127.0.0.1"}});
    is_limited(&server.post("users/ada/authenticate", here).await);
    let elsewhere = json!({"password": PASSWORD, "request": {"ip": "203.0.113.9"}});
    assert_eq!(server.post("users/ada/authenticate", elsewhere).await.status, 200, "other addresses may");
    server.clock.advance(10 * 60 * 1000 / 50);
    assert_eq!(by_page(&server, "ada", PASSWORD).await.status, 302, "one try is back");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tries_in_parallel_are_counted_before_they_are_made(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let request = server.client.post(format!("{}/v1/users/ada/authenticate", server.address));
        let request = request.header("X-Authrocket-Api-Key", &server.key).header("X-Authrocket-Realm", server.realm());
        running.spawn(request.json(&json!({"password": WRONG})).send());
    }
    let mut statuses = Vec::new();
    while let Some(one) = running.join_next().await {
        statuses.push(one.expect("no panic").expect("an answer").status().as_u16());
    }
    let wrong = statuses.iter().filter(|status| **status == 401).count();
    let limited = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((wrong, limited), (10, 30), "{statuses:?}");
}
