//! No connection to the database can be opened: every route answers 503 with `Retry-After`, and none answers 500. The
//! routes are the routers' own.

use reqwest::Method;
use serde_json::json;

use super::server::{Behind, is_unavailable};
use crate::loginrocket::visit::PASSWORD;
use crate::support::Answer;

/// What the German page says.
const GERMAN: &str = "Einen Moment, bitte";

#[tokio::test]
async fn every_call_of_the_api_is_unavailable() {
    let behind = Behind::start("", "5").await;
    behind.write("before").await.json(201);
    behind.proxy.refuse();
    let routes = gantry_api::listed();
    assert!(routes.len() > 50, "{routes:?}");
    for (method, route) in routes {
        let part = |part: &str| if part.starts_with('{') { "nothing" } else { part }.to_owned();
        let path = route.split('/').map(part).collect::<Vec<_>>().join("/");
        let method: Method = method.parse().expect("a method");
        let answer = behind.server.call(method, path.trim_start_matches("/v1/"), Some(json!({}))).await;
        is_unavailable(&answer);
    }
    assert_eq!(behind.ready().await.status, 503);
    behind.proxy.admit();
    behind.write("after").await.json(201);
    assert_eq!(behind.ready().await.status, 200);
}

#[tokio::test]
async fn every_page_and_call_of_a_login_host_is_unavailable_in_the_visitors_language() {
    let behind = Behind::start("", "5").await;
    let server = &behind.server;
    server.user("ada").await;
    let browser = server.browser();
    let page = browser.get("/login").await;
    let origin = format!("http://acme.localhost:{}", server.port);
    let form = crate::loginrocket::visit::csrf(&page);
    behind.proxy.refuse();
    let mut unavailable = 0;
    for (method, route) in gantry_loginrocket::listed() {
        let path = route.replace("{provider}", "google").replace("{version}/{file}", "x/loginrocket.js");
        let method: Method = method.parse().expect("a method");
        let fields = [("csrf", &*form), ("username", "ada"), ("password", PASSWORD), ("token", "krs_1")];
        let headers = [("accept-language", "de"), ("origin", &*origin)];
        let answer = browser.send(method.clone(), &path, &fields, &headers).await;
        assert!(answer.status < 500 || answer.status == 503, "{method} {path}: {answer:?}");
        if answer.status == 503 {
            unavailable += 1;
            is_said(&answer, path.starts_with("/v1/"));
        }
    }
    // Some need no database: files, and a page that was rendered before.
    assert!(unavailable > 30, "only {unavailable}");
    behind.proxy.admit();
    assert_eq!(crate::loginrocket::visit::log_in(&browser, "/login", "ada", PASSWORD).await.status, 302);
}

#[track_caller]
fn is_said(answer: &Answer, is_call: bool) {
    assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1), "{answer:?}");
    if is_call {
        assert!(answer.json(503)["error"].is_string(), "{answer:?}");
    } else {
        assert!(answer.text.contains(GERMAN), "{answer:?}");
    }
}
