//! Check 32: a hook that is moved does not take its password along.

use rstest::rstest;
use serde_json::json;

use crate::jobs::hooks::webhook;
use crate::support::{Engine, Receiver, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_password_has_to_be_sent_with_a_new_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let hook = webhook(&server, "https://ada:secret@example.com/hooks", json!(["user.created"])).await;
    let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
    let moved = |to: &str| json!({"app_hook": {"destination": to}});
    // As somebody sees it who may not see the password, and sends it back with another host, path or user.
    for elsewhere in [
        "https://ada:***@evil.example/hooks",
        "https://ada:***@example.com/other",
        "https://eve:***@example.com/hooks",
        "http://ada:***@example.com/hooks",
        "https://ada:%2A%2A%2A@evil.example/hooks",
    ] {
        let refused = server.put(&path, moved(elsewhere)).await;
        assert_eq!(refused.refusals("destination").len(), 1, "{elsewhere}");
    }
    // The same address keeps it.
    let same = server.put(&path, moved("https://ada:***@example.com/hooks")).await.json(200);
    assert_eq!(same["destination"], "https://ada:secret@example.com/hooks");
    // A new address without one has none.
    let receiver = Receiver::start(|_| 200).await;
    server.put(&path, moved(&receiver.address)).await.json(200);
    server.user("ada").await;
    assert_eq!(receiver.next().await.header("authorization"), "");
}
