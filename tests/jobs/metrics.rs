//! What operators see of logins and deliveries.

use rstest::rstest;
use serde_json::json;

use super::hooks::{newest, notification, state, webhook};
use crate::support::{Answer, Engine, Receiver, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn logins_and_deliveries_are_counted(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let well = Receiver::start(|_| 200).await;
    let ill = Receiver::start(|_| 500).await;
    let well = (webhook(&server, &well.address, json!(["user.login.succeeded"])).await, well);
    let ill = (webhook(&server, &ill.address, json!(["user.login.succeeded"])).await, ill);
    server.user("ada").await;
    server.authenticate("ada").await;
    server.post("users/ada/authenticate", json!({"password": "wrong"})).await.json(401);
    let event = newest(&server, "user.login.succeeded").await;
    notification(&server, &event, &well.0, state("completed")).await;
    notification(&server, &event, &ill.0, |one| !one["last_result"].is_null()).await;
    server.clock.advance(30_000);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = gantry::metrics::router(std::sync::Arc::clone(&server.app.core));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let answer = server.client.get(format!("http://{address}/metrics")).send().await.expect("an answer");
    let text = Answer::read(answer).await.text;
    serving.abort();
    for line in [
        r#"gantry_events_total{event_type="user.login.succeeded"} 1"#,
        r#"gantry_events_total{event_type="user.login.failed"} 1"#,
        r#"gantry_delivery_attempts_total{hook_type="webhook",result="delivered"} 1"#,
        r#"gantry_delivery_attempts_total{hook_type="webhook",result="refused"} 1"#,
        "gantry_notifications_unfinished 1",
        "gantry_passwords_queued 0",
        "# EOF",
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is missing in\n{text}");
    }
}
