//! Webhooks (api-v1 §14–16, decisions §7).

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rstest::rstest;
use serde_json::{Value, json};

use super::hooks::{notification, state, webhook as hook};
use crate::support::{Engine, Received, Receiver, START_MS, TestServer};

/// [`START_MS`] as the API tells it.
const START_S: f64 = 1_767_225_600.0;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_event_is_posted_as_get_an_event_answers_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 200).await;
    let address = format!("http://ada:secret%20word@127.0.0.1:{}/hooks?x=1", receiver.port);
    let hook = hook(&server, &address, json!(["user.created"])).await;
    let user = server.user("ada").await;
    let call = receiver.next().await;
    assert_eq!(call.path, "/hooks?x=1");
    assert_eq!(call.header("content-type"), "application/json");
    assert_eq!(call.header("authorization"), format!("Basic {}", BASE64_STANDARD.encode("ada:secret word")));
    let told = call.json();
    assert_eq!((&told["event_type"], &told["user_id"]), (&json!("user.created"), &user["id"]));
    assert_eq!(told["event_at"], json!(START_S));

    let id = told["id"].as_str().expect("an id");
    let done = notification(&server, id, &hook, state("completed")).await;
    assert_eq!(done["attempts"], 1);
    assert_eq!(done["hook_type"], "webhook");
    assert_eq!(done["last_result"], "200 OK");
    assert_eq!(done["last_destination"], format!("http://ada:***@127.0.0.1:{}/hooks?x=1", receiver.port));
    assert_eq!(done["last_attempt_at"], json!(START_S));
    assert!(done["id"].as_str().expect("an id").starts_with("ent_"));

    // Apart from what the delivery itself has changed since.
    let (mut sent, mut answered) = (told.clone(), server.get(&format!("events/{id}")).await.json(200));
    assert_eq!(sent["notifications"][0]["state"], "in_progress");
    let root = sent.as_object_mut().expect("an object").remove("event").expect("the root of AuthRocket 1");
    assert_eq!(root, sent, "the same object flat and under its root");
    sent["notifications"] = Value::Null;
    answered["notifications"] = Value::Null;
    assert_eq!(sent, answered);
}

/// What is delivered, pinged, tried again and replayed names no other hook, whose address may be a secret.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_body_has_its_own_notification_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let other = Receiver::start(|_| 200).await;
    let others = hook(&server, &format!("{}/unguessable", other.address), json!([])).await;
    other.next().await;
    let fails = Arc::new(AtomicU16::new(500));
    let status = Arc::clone(&fails);
    let receiver = Receiver::start(move |_| status.load(Ordering::Acquire)).await;
    let hook = hook(&server, &receiver.address, json!(["user.created"])).await;
    let own = |call: &Received, id: &Value| {
        let body = call.json();
        for event in [&body, &body["event"]] {
            let all = event["notifications"].as_array().expect("notifications");
            assert_eq!(all.len(), 1, "{event}");
            assert_eq!((&all[0]["object"], &all[0]["app_hook_id"]), (&json!("notification"), id));
        }
        assert!(!call.text.contains("unguessable"), "{}", call.text);
    };
    server.user("ada").await;
    let first = receiver.next().await;
    own(&first, &hook["id"]);
    let event = first.header("webhook-id").to_owned();
    notification(&server, &event, &others, state("completed")).await;
    notification(&server, &event, &hook, |one| !one["last_result"].is_null()).await;
    fails.store(200, Ordering::Release);
    server.advance(12_000);
    own(&receiver.next().await, &hook["id"]);
    let done = notification(&server, &event, &hook, state("completed")).await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    server.post(&format!("{path}/replay"), json!({"notification_id": done["id"]})).await.json(200);
    own(&receiver.next().await, &hook["id"]);
    server.post(&format!("{path}/ping"), json!({})).await.json(200);
    let ping = receiver.next().await;
    own(&ping, &hook["id"]);
    assert_eq!(ping.json()["event"]["event_type"], "ping");
}

fn signed(call: &Received, secret: &str) -> String {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix")).expect("Base64");
    let content = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.text);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), content.as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(tag.as_ref()))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn calls_are_signed_and_a_new_secret_overlaps_with_the_old(#[case] engine: Engine) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 204).await;
    let hook = hook(&server, &receiver.address, json!(["user.created"])).await;
    let old = hook["secret"].as_str().expect("a secret");
    server.user("ada").await;
    let call = receiver.next().await;
    assert_eq!(call.header("webhook-id"), call.json()["id"].as_str().expect("an id"));
    assert_eq!(call.header("webhook-timestamp"), (START_MS / 1000).to_string());
    assert_eq!(call.header("webhook-signature"), signed(&call, old));

    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    let rotated = server.post(&format!("{path}/rotate_secret"), json!({})).await.json(200);
    let new = rotated["secret"].as_str().expect("a secret");
    assert_ne!(new, old);
    server.user("bob").await;
    let call = receiver.next().await;
    assert_eq!(call.header("webhook-signature"), format!("{} {}", signed(&call, new), signed(&call, old)));
    server.clock.advance(DAY_MS);
    server.user("eve").await;
    let call = receiver.next().await;
    assert_eq!(call.header("webhook-signature"), signed(&call, new), "the old one is over");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_fails_is_tried_again_for_two_days_and_then_given_up(#[case] engine: Engine) {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 503).await;
    let hook = hook(&server, &receiver.address, json!(["user.created"])).await;
    server.user("ada").await;
    let first = receiver.next().await;
    let id = first.header("webhook-id").to_owned();
    // The first wait is ten seconds and up to a fifth more, the longest twelve hours and up to a fifth more.
    for (number, wait) in [(1, 12_000), (2, 15 * HOUR_MS), (3, 15 * HOUR_MS), (4, 15 * HOUR_MS), (5, 15 * HOUR_MS)] {
        let waits = |one: &Value| one["attempts"] == number && one["last_result"] == "503 Service Unavailable";
        assert_eq!(notification(&server, &id, &hook, waits).await["state"], "in_progress");
        server.advance(wait);
        let call = receiver.next().await;
        assert_eq!(call.header("webhook-id"), id);
        let before = &call.json()["notifications"][0];
        assert_eq!((&before["attempts"], &before["state"]), (&json!(number + 1), &json!("in_progress")));
    }
    let given_up = notification(&server, &id, &hook, state("failed")).await;
    assert_eq!((&given_up["attempts"], &given_up["last_result"]), (&json!(6), &json!("503 Service Unavailable")));
    server.advance(15 * HOUR_MS);
    server.user("bob").await;
    assert_ne!(receiver.next().await.header("webhook-id"), id, "it is over");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_users_events_keep_their_order_and_hold_up_nobody_else(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fails = Arc::new(AtomicU16::new(500));
    let status = Arc::clone(&fails);
    let receiver =
        Receiver::start(
            move |call| if call.text.contains("\"user.created\"") { status.load(Ordering::Acquire) } else { 200 },
        )
        .await;
    hook(&server, &receiver.address, json!([])).await;
    let first = receiver.next().await;
    assert_eq!(first.event_type(), "app_hook.created");
    let ada = server.user("ada").await;
    assert_eq!(receiver.next().await.event_type(), "user.created");
    server.put("users/ada", json!({"user": {"first_name": "Adah"}})).await.json(200);
    server.put("users/ada", json!({"user": {"first_name": "Ada"}})).await.json(200);
    // An event about something else passes by.
    server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    assert_eq!(receiver.next().await.event_type(), "org.created");
    fails.store(200, Ordering::Release);
    server.advance(60_000);
    let calls = [receiver.next().await, receiver.next().await, receiver.next().await];
    assert_eq!(calls.each_ref().map(Received::event_type), ["user.created", "user.updated", "user.updated"]);
    assert!(calls.iter().all(|call| call.json()["user_id"] == ada["id"]));
    assert!(calls[1].header("webhook-id") < calls[2].header("webhook-id"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_delay_is_waited_for(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 200).await;
    let hook = hook(&server, &receiver.address, json!(["user.created", "org.created"])).await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    server.put(&path, json!({"app_hook": {"delay": 60}})).await.json(200);
    server.user("ada").await;
    server.advance(59_999);
    server.put(&path, json!({"app_hook": {"delay": 0}})).await.json(200);
    server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    assert_eq!(receiver.next().await.event_type(), "org.created");
    server.advance(1);
    assert_eq!(receiver.next().await.event_type(), "user.created");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hook_that_goes_away_takes_its_deliveries_along(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 500).await;
    let first = hook(&server, &receiver.address, json!(["user.created"])).await;
    let second = hook(&server, &receiver.address, json!(["user.created"])).await;
    server.user("ada").await;
    let event = receiver.next().await.header("webhook-id").to_owned();
    receiver.next().await;
    for hook in [&first, &second] {
        notification(&server, &event, hook, |one| one["last_result"] == "500 Internal Server Error").await;
    }
    let path = |hook: &Value| format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    server.put(&path(&first), json!({"app_hook": {"state": "inactive"}})).await.json(200);
    let gone = notification(&server, &event, &first, state("canceled")).await;
    assert_eq!(gone["last_result"], "canceled: the hook was made inactive");
    assert_eq!(server.delete(&path(&second)).await.status, 204);
    let gone = notification(&server, &event, &second, state("canceled")).await;
    assert_eq!(gone["last_result"], "canceled: the hook was deleted");
    server.put(&path(&first), json!({"app_hook": {"state": "active"}})).await.json(200);
    server.advance(3_600_000);
    server.user("bob").await;
    let next = receiver.next().await;
    assert_ne!(next.header("webhook-id"), event, "what was canceled stays so");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_ping_goes_to_the_hook_that_is_tried_out(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 200).await;
    let tried = hook(&server, &format!("{}/tried", receiver.address), json!(["user.created"])).await;
    let whole = json!({"hook_type": "webhook", "event_type": [], "destination": format!("{}/all", receiver.address)});
    let whole = server.call_as(&server.key, None, reqwest::Method::POST, "app_hooks", Some(json!({"app_hook": whole})));
    let whole = whole.await.json(201);
    let path = |hook: &Value| format!("app_hooks/{}/ping", hook["id"].as_str().expect("an id"));
    let pinged = server.post(&path(&tried), json!({})).await.json(200);
    let call = receiver.next().await;
    assert_eq!((call.path.as_str(), call.event_type().as_str()), ("/tried", "ping"));
    assert_eq!(call.json()["id"], pinged["event_id"]);
    assert_eq!(call.json()["app_hook_id"], tried["id"]);
    server.post(&path(&whole), json!({})).await.json(200);
    assert_eq!(receiver.next().await.path, "/all");
    // Only active ones.
    let hook = format!("app_hooks/{}", tried["id"].as_str().expect("an id"));
    server.put(&hook, json!({"app_hook": {"state": "inactive"}})).await.json(200);
    assert_eq!(server.post(&path(&tried), json!({})).await.refusals("state").len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_was_sent_can_be_sent_again(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 200).await;
    let hook = hook(&server, &receiver.address, json!(["user.created"])).await;
    let mut events = Vec::new();
    for name in ["ada", "bob", "eve"] {
        server.user(name).await;
        events.push(receiver.next().await.header("webhook-id").to_owned());
        notification(&server, &events[events.len() - 1], &hook, state("completed")).await;
        server.advance(1000);
    }
    let path = format!("app_hooks/{}/replay", hook["id"].as_str().expect("an id"));
    let one = notification(&server, &events[1], &hook, state("completed")).await;
    let again = server.post(&path, json!({"notification_id": one["id"]})).await.json(200);
    assert_eq!(again["replayed"], 1);
    assert_eq!(receiver.next().await.header("webhook-id"), events[1]);
    notification(&server, &events[1], &hook, state("completed")).await;
    // The first two, by time.
    let again = server.post(&path, json!({"from": START_S, "until": START_S + 2.0})).await.json(200);
    assert_eq!(again["replayed"], 2);
    let mut replayed = [receiver.next().await, receiver.next().await].map(|call| call.header("webhook-id").to_owned());
    replayed.sort();
    assert_eq!(replayed[..], events[..2]);
    assert_eq!(server.post(&path, json!({})).await.refusals("base").len(), 1);
    assert_eq!(server.post(&path, json!({"notification_id": "ent_0000000000000000000000"})).await.status, 404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_that_hangs_holds_up_nobody(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("delivery.timeout_seconds", "1")]).await;
    // Takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let hanging = hook(&server, &format!("http://127.0.0.1:{port}/"), json!(["user.created"])).await;
    let receiver = Receiver::start(|_| 200).await;
    hook(&server, &receiver.address, json!(["user.created"])).await;
    let mut events = Vec::new();
    for number in 0..40 {
        server.user(&format!("user{number}")).await;
        events.push(receiver.next().await.header("webhook-id").to_owned());
    }
    let late = notification(&server, &events[0], &hanging, |one| !one["last_result"].is_null()).await;
    assert_eq!((&late["last_result"], &late["state"]), (&json!("timed out after 1 s"), &json!("in_progress")));
}
