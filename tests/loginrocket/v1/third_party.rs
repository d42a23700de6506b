//! Clients that were written for AuthRocket 1: the calls that each makes, as each makes them.

use rstest::rstest;
use serde_json::{Value, json};

use super::calls::is_live;
use crate::loginrocket::visit::{PASSWORD, set_app};
use crate::support::{Engine, TestServer};

/// prescottprue/authrocket (loginrocket-v1 §4.5): `jsUrl` ends in `/v1/`, whose slash it drops; JSON by POST without
/// any more headers; `error` and `errno` in a 200 are failures; `verify` asks the core API.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn prescottprues_library_for_node(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let js_url = format!("{}/v1/", server.address);
    let js_url = js_url.trim_end_matches('/').to_owned();
    let post = async |call: &str, body: Value| {
        let request = server.client.post(format!("{js_url}/{call}")).header("host", "acme.localhost");
        let answer = request.json(&body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200, "it takes everything else for a broken connection");
        answer.json::<Value>().await.expect("an object")
    };
    let made = post("signup", json!({"username": "grace", "email": "grace@example.com", "password": PASSWORD})).await;
    assert!(made["error"].is_null() && made["errno"].is_null() && made["token"].is_string(), "{made}");
    let refused = post("login", json!({"username": "grace", "password": "wrong-but-long-enough"})).await;
    assert!(refused["error"].is_string(), "{refused}");
    let login = post("login", json!({"username": "grace", "password": PASSWORD})).await;
    let token = login["token"].as_str().expect("a token");
    let verified = server.get(&format!("sessions/{token}")).await.json(200);
    assert_eq!(verified["user"]["username"], "grace");
    let out = post("logout", json!({"token": token})).await;
    assert!(out["error"].is_null() && out["errno"].is_null(), "{out}");
    assert!(!is_live(&server, token).await);
}

/// A page in the wild logs out with a bare JSON fetch (loginrocket-v1 §4.4): its browser asks first.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_page_that_logs_out_with_fetch(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"allowed_origins": ["http://localhost:3000"]})).await;
    let token = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    let browser = server.browser();
    let asks = [
        ("origin", "http://localhost:3000"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let asked = browser.send(reqwest::Method::OPTIONS, "/v1/logout", &[], &asks).await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, "http://localhost:3000"));
    let told = [("origin", "http://localhost:3000")];
    let out = browser.json("/v1/logout", &json!({"token": token}), &told).await;
    assert_eq!((out.status, out.header("access-control-allow-origin")), (200, "http://localhost:3000"));
    assert!(!is_live(&server, &token).await);
}
