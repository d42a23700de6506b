//! `authrocket.js` as it is served (decisions §1).

use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::set_login_rocket;
use crate::support::{Browser, Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_served_on_every_loginrocket_host_and_on_the_base_host(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let base = Browser::new(server.client.clone(), &server.address, &format!("localhost:{}", server.port));
    let mut bodies = Vec::new();
    for host in [&server.browser(), &base] {
        // As a page of any origin includes it.
        let told = [("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "script"), ("referer", "https://evil.test/")];
        let script = host.send(reqwest::Method::GET, "/v1/authrocket.js", &[], &told).await;
        assert_eq!(script.status, 200);
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(script.header("x-content-type-options"), "nosniff");
        assert_eq!(script.header("access-control-allow-origin"), "*");
        assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(script.header("cache-control"), "public, max-age=300");
        assert_eq!(script.header("set-cookie"), "");
        assert!(script.text.contains("var AuthRocket = "), "a classic script makes a global of it");
        assert!(!script.text.contains("eval(") && !script.text.contains("new Function"));
        let tag = script.header("etag").to_owned();
        let again = host.send(reqwest::Method::GET, "/v1/authrocket.js", &[], &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, &*again.text, again.header("etag")), (304, "", &*tag));
        bodies.push(script.text);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert!(bodies[0].len() < 6 * 1024, "{} bytes", bodies[0].len());
    let browser = server.browser();
    let told = [("accept-encoding", "gzip")];
    let zipped = browser.send(reqwest::Method::GET, "/v1/authrocket.js", &[], &told).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hosts_that_are_not_in_use_have_none(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let nobodys = Browser::new(server.client.clone(), &server.address, "nobody.localhost");
    assert_eq!(nobodys.get("/v1/authrocket.js").await.status, 404);
    set_login_rocket(&server, &json!({}), "inactive").await;
    assert_eq!(server.browser().get("/v1/authrocket.js").await.status, 404);
}
