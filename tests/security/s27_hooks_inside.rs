//! Check 27: a webhook reaches nothing inside, by whatever name; what is refused is never connected to.

use rstest::rstest;
use serde_json::json;
use tokio::net::TcpListener;

use crate::jobs::hooks::{notification, webhook};
use crate::support::{Engine, Receiver, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_inside_is_connected_to(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("delivery.allowed_networks", "")]).await;
    let inside = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = inside.local_addr().expect("an address").port();
    // A name, plain and odd spellings of addresses, mapped and translated ones.
    let mut hooks = Vec::new();
    for host in [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.0.1",
        "[fd00::1]",
        "[fe80::1]",
    ] {
        hooks.push((host, webhook(&server, &format!("http://{host}:{port}/"), json!(["user.created"])).await));
    }
    server.user("ada").await;
    let event = crate::jobs::hooks::newest(&server, "user.created").await;
    for (host, hook) in &hooks {
        let refused = notification(&server, &event, hook, |one| !one["last_result"].is_null()).await;
        let why = refused["last_result"].as_str().expect("a text");
        assert!(why.contains("is not a public address"), "{host}: {why}");
    }
    let knock = tokio::time::timeout(std::time::Duration::from_millis(50), inside.accept()).await;
    assert!(knock.is_err(), "somebody came in");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_redirect_is_not_followed(#[case] engine: Engine) {
    use axum::response::{IntoResponse as _, Redirect};
    let server = TestServer::start(engine).await;
    let inside = Receiver::start(|_| 200).await;
    let to = inside.address.clone();
    let receiver = Receiver::answering(move |_| Redirect::temporary(&to).into_response()).await;
    let hook = webhook(&server, &receiver.address, json!(["user.created"])).await;
    server.user("ada").await;
    let event = receiver.next().await.header("webhook-id").to_owned();
    let refused = notification(&server, &event, &hook, |one| !one["last_result"].is_null()).await;
    assert_eq!((&refused["last_result"], &refused["state"]), (&json!("307 Temporary Redirect"), &json!("in_progress")));
    assert_eq!(inside.arrived().await.len(), 0);
}
