//! What runs out is removed (docs/retention.md).

use gantry_jobs::upkeep;
use rstest::rstest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::hooks::{notification, webhook};
use crate::support::{Engine, Receiver, TestServer};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn events(server: &TestServer) -> usize {
    let events = server.get("events?created_at_after=&max_results=1000").await.json(200);
    events["collection"].as_array().expect("events").len()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn events_are_kept_as_long_as_the_realm_says(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let stop = CancellationToken::new();
    // More than one batch.
    for number in 0..250 {
        server.post("orgs", json!({"org": {"name": format!("Org {number}")}})).await.json(201);
    }
    let before = events(&server).await;
    assert!(before >= 250);
    server.clock.advance(30 * DAY_MS);
    upkeep::of_realms(&server.app.core, &stop).await;
    assert_eq!(events(&server).await, before, "30 days to the millisecond are not over");
    let path = format!("realms/{}", server.realm());
    server.put(&path, json!({"realm": {"event_days": 0}})).await.json(200);
    server.clock.advance(1);
    upkeep::of_realms(&server.app.core, &stop).await;
    assert_eq!(events(&server).await, before + 1, "0 is for ever");
    server.put(&path, json!({"realm": {"event_days": 1}})).await.json(200);
    upkeep::of_realms(&server.app.core, &stop).await;
    assert_eq!(events(&server).await, 2, "the two changes of today");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_event_that_is_still_to_be_delivered_stays(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let receiver = Receiver::start(|_| 500).await;
    let hook = webhook(&server, &receiver.address, json!(["org.created"])).await;
    server.put(&format!("realms/{}", server.realm()), json!({"realm": {"event_days": 1}})).await.json(200);
    server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    let event = receiver.next().await.header("webhook-id").to_owned();
    notification(&server, &event, &hook, |one| one["last_result"] == "500 Internal Server Error").await;
    server.clock.advance(DAY_MS + 1);
    upkeep::of_realms(&server.app.core, &CancellationToken::new()).await;
    assert_eq!(server.get(&format!("events/{event}")).await.status, 200);
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    assert_eq!(server.delete(&path).await.status, 204);
    upkeep::of_realms(&server.app.core, &CancellationToken::new()).await;
    assert_eq!(server.get(&format!("events/{event}")).await.status, 404);
}
