//! Rate limits: 429 and the headers that tell of them (api-v1 §3.2, §3.4; the numbers are ours).

use gantry_core::actor::Access;
use gantry_core::api_keys::{self, NewKey};
use reqwest::Method;
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;

use super::raw::send;
use crate::support::{Answer, Engine, START_MS, TestServer};

/// `X-Ratelimit-Limit`, `-Remaining` and `-Reset`.
fn standing(answer: &Answer) -> [i64; 3] {
    ["limit", "remaining", "reset"].map(|name| {
        let value = answer.header(&format!("x-ratelimit-{name}"));
        value.parse().unwrap_or_else(|_| panic!("{name}: {value:?}"))
    })
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_answer_tells_where_the_key_stands(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.calls_per_minute", "5")]).await;
    let reset = START_MS / 1000 + 60;
    let found = server.get("realms").await;
    assert_eq!((found.status, standing(&found)), (200, [5, 4, reset]));
    let missing = server.get("users/nobody").await;
    assert_eq!((missing.status, standing(&missing)), (404, [5, 3, reset]));
    server.clock.advance(10_000);
    let refused = server.post("users", json!({"user": {}})).await;
    assert_eq!((refused.status, standing(&refused)), (422, [5, 2, reset]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_call_too_many_waits_for_the_next_minute(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.calls_per_minute", "2")]).await;
    server.get("realms").await.json(200);
    server.get("realms").await.json(200);
    server.clock.advance(20_000);
    let limited = server.get("realms").await;
    let body = limited.json(429);
    assert!(body["error"].as_str().is_some_and(|sentence| !sentence.is_empty()), "{body}");
    assert_eq!(body["request_id"], limited.header("x-request-id"));
    assert_eq!(limited.header("retry-after"), "40");
    assert_eq!(standing(&limited), [2, 0, START_MS / 1000 + 60]);
    // It changes nothing either.
    let realm = json!({"realm": {"name": "Late"}});
    server.post("realms", realm).await.json(429);
    server.clock.advance(40_000);
    let realms = server.get("realms").await.json(200);
    assert_eq!(realms["collection"].as_array().map(Vec::len), Some(1));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_may_have_a_number_of_its_own(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.calls_per_minute", "1")]).await;
    let core = &server.app.core;
    let mut keys = Vec::new();
    for calls_per_minute in [Some(3), Some(0)] {
        let mut tx = core.db.begin().await.expect("a transaction");
        let new = NewKey { calls_per_minute, ..NewKey::for_account("Own", Access::Read) };
        let (_, key) = api_keys::create(core, &mut tx, &server.made.account, new).await.expect("a key");
        tx.commit().await.expect("committed");
        keys.push(key.expose_secret().to_owned());
    }
    for expected in [200, 200, 200, 429] {
        assert_eq!(server.call_as(&keys[0], None, Method::GET, "realms", None).await.status, expected);
    }
    for _ in 0..4 {
        let free = server.call_as(&keys[1], None, Method::GET, "realms", None).await;
        assert_eq!((free.status, free.header("x-ratelimit-limit")), (200, ""));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_that_guesses_keys_is_slowed_down(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.wrong_keys_per_minute", "3")]).await;
    let guess = async || send(&server, Method::GET, "/v1/realms", &[("X-Authrocket-Api-Key", "ko_guess")], "").await;
    for _ in 0..3 {
        guess().await.json(403);
    }
    let limited = guess().await;
    limited.json(429);
    assert_eq!(limited.header("retry-after"), "60");
    // Whoever has a right key is not kept out by a guesser behind the same address.
    server.get("realms").await.json(200);
    server.clock.advance(60_000);
    guess().await.json(403);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn too_many_password_tries_tell_when_the_next_can_pass(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.per_user", "2"), ("tries.minutes", "10")]).await;
    server.user("ada").await;
    let wrong = async || server.post("users/ada/authenticate", json!({"password": "wrong"})).await;
    wrong().await.json(401);
    wrong().await.json(401);
    let limited = wrong().await;
    limited.json(429);
    let seconds: i64 = limited.header("retry-after").parse().expect("seconds");
    assert!((1..=600).contains(&seconds), "{seconds}");
    let [_, remaining, reset] = standing(&limited);
    assert_eq!((remaining, reset), (0, START_MS / 1000 + seconds));
}
