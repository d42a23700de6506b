//! Check 37: hashing cannot be made to eat the machine. Long passwords are refused before they are hashed, and a full
//! queue answers 503 at once.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::full_pool;
use crate::loginrocket::visit::{PASSWORD, csrf, log_in};
use crate::support::Engine;

/// Requests at once.
const FLOOD: usize = 40;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_huge_passwords_is_refused_without_a_hash(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    server.user("ada").await;
    full_pool::fill(&server).await;
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let cookie = format!("gantry_csrf={}", browser.cookies()["gantry_csrf"]);
    // Not over the connections of the others, which are closed on such a body.
    let flood = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    let mut sent = Vec::new();
    for nth in 0..FLOOD {
        let body = format!("csrf={form}&username=ada&password={}", "x".repeat(1_000_000 + 60_000 * (nth % 2)));
        let request = flood.post(format!("{}/login", server.address)).header("host", "acme.localhost");
        let request = request.header("cookie", &cookie).header("content-type", "application/x-www-form-urlencoded");
        sent.push(tokio::spawn(request.body(body).send()));
    }
    assert_eq!(browser.get("/login").await.status, 200, "other routes still answer");
    assert_eq!(server.get("users/ada").await.status, 200);
    for one in sent {
        // A connection that is closed on a body too large is an answer as well.
        let Ok(answer) = one.await.expect("no panic") else { continue };
        let status = answer.status().as_u16();
        assert!([400, 413, 422, 429].contains(&status), "{status}: 503 would mean that it came to the pool");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn more_than_256_characters_are_refused_before_hashing(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    server.user("ada").await;
    full_pool::fill(&server).await;
    // Characters and not bytes are counted: the last has 256 characters in 512 bytes, and comes to the full pool.
    for (password, page, api) in [
        ("x".repeat(257), 422, 401),
        ("é".repeat(257), 422, 401),
        ("x".repeat(256), 503, 503),
        ("é".repeat(256), 503, 503),
    ] {
        assert_eq!(log_in(&server.browser(), "/login", "ada", &password).await.status, page);
        let answer = server.post("users/ada/authenticate", json!({"password": password})).await;
        assert_eq!(answer.status, api, "{}", answer.text);
    }
    let user = json!({"user": {"user_type": "human", "username": "eve", "email": "eve@example.com",
        "password": "x".repeat(257)}});
    assert_eq!(server.post("users", user).await.status, 422);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_full_queue_says_when_to_come_back(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    server.user("ada").await;
    full_pool::fill(&server).await;
    let page = log_in(&server.browser(), "/login", "ada", PASSWORD).await;
    let api = server.post("users/ada/authenticate", json!({"password": PASSWORD})).await;
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    let signup = server.browser().submit("/signup", &fields).await;
    for answer in [page, api, signup] {
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    }
    assert_eq!(server.browser().send(Method::GET, "/login", &[], &[]).await.status, 200);
    // Nobody was looked at, so nobody comes nearer to being locked out: there are ten tries for a user.
    for _ in 0..12 {
        let again = server.post("users/ada/authenticate", json!({"password": PASSWORD})).await;
        assert_eq!(again.status, 503, "{}", again.text);
    }
}
