//! Which host answers with which app's pages, what unknown ones say, and what every page has in its headers.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, location, log_in, param, read, set_app, set_login_rocket};
use crate::support::{Answer, Browser, Engine, TestServer};

const PATHS: [&str; 9] = [
    "/",
    "/login",
    "/signup",
    "/logout",
    "/password/forgot",
    "/password/reset?token=kpw_1",
    "/email/verify?token=kev_1",
    "/email/request",
    "/nothing/here",
];

fn browser_at(server: &TestServer, host: &str) -> Browser {
    Browser::new(server.client.clone(), &server.address, host)
}

/// A 404 page that gives nothing away.
#[track_caller]
fn names_nothing(server: &TestServer, answer: &Answer, place: &str) {
    assert_eq!(answer.status, 404, "{place}: {}", answer.text);
    assert!(answer.header("content-type").starts_with("text/html"), "{place}");
    for told in ["Acme", "acme", server.realm(), &server.made.app.id, "app.example.com"] {
        assert!(!answer.text.contains(told), "{place} tells {told}: {}", answer.text);
    }
    assert!(!answer.text.contains("class=\"brand\""), "{place} shows whose it is: {}", answer.text);
    assert_eq!(answer.header("set-cookie"), "", "{place}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_host_is_told_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let neighbours = [
        "nobody.localhost",
        "acmelocalhost",
        "xacme.localhost",
        "acmex.localhost",
        "acme.acme.localhost",
        "x.acme.localhost",
        ".localhost",
        "acme..localhost",
        "acme.localhost..",
        "acme.xlocalhost",
        "acme.localhost.evil.test",
        "acme",
        "evil.test",
    ];
    for host in neighbours {
        for path in PATHS {
            let answer = browser_at(&server, host).get(path).await;
            names_nothing(&server, &answer, &format!("{host}{path}"));
        }
    }
    for host in ["acme.localhost", "ACME.localhost", "Acme.LocalHost:1234", "acme.localhost.", "acme.localhost.:80"] {
        assert_eq!(browser_at(&server, host).get("/login").await.status, 200, "{host}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_realm_without_loginrocket_is_as_unknown(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({}), "inactive").await;
    for path in PATHS {
        names_nothing(&server, &server.browser().get(path).await, path);
    }
    set_login_rocket(&server, &json!({}), "active").await;
    assert_eq!(server.browser().get("/login").await.status, 200);

    // A realm that never had it.
    let realm = server.post("realms", json!({"realm": {"name": "Plain"}})).await.json(201);
    let realm = realm["id"].as_str().expect("an id");
    let app = json!({"login_policy": {"name": "Plain", "login_handler": "https://p.example/", "subdomain": "plain"}});
    server.call_as(&server.key, Some(realm), Method::POST, "login_policies", Some(app)).await.json(201);
    for path in PATHS {
        let answer = browser_at(&server, "plain.localhost").get(path).await;
        names_nothing(&server, &answer, path);
        assert!(!answer.text.contains("Plain"), "{}", answer.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_apps_own_domain_answers_as_its_subdomain_does(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    assert_eq!(browser_at(&server, "login.customer.example").get("/login").await.status, 404);
    set_app(&server, json!({"custom_domains": ["login.customer.example"]})).await;
    for host in ["login.customer.example", "LOGIN.customer.example", "login.customer.example:8443"] {
        let browser = browser_at(&server, host);
        let page = browser.get("/login").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Acme"), "{}", page.text);
    }
    let done = log_in(&browser_at(&server, "login.customer.example"), "/login", "ada", PASSWORD).await;
    assert!(param(&location(&done), "token").is_some());
    for host in ["xlogin.customer.example", "x.login.customer.example", "customer.example", "login.customer.example.x"]
    {
        names_nothing(&server, &browser_at(&server, host).get("/login").await, host);
    }
    set_app(&server, json!({"custom_domains": []})).await;
    names_nothing(&server, &browser_at(&server, "login.customer.example").get("/login").await, "gone");
    let deleted = server.delete(&format!("login_policies/{}", server.made.app.id)).await;
    assert_eq!(deleted.status, 204);
    names_nothing(&server, &server.browser().get("/login").await, "deleted");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_loginrocket_hosts_have_no_core_api_and_the_base_host_no_pages(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let key = [("x-authrocket-api-key", server.key.as_str())];
    let answer = server.browser().send(Method::GET, "/v1/realms", &[], &key).await;
    assert_eq!(answer.status, 404, "{}", answer.text);
    assert!(!answer.text.contains(server.realm()));
    for host in [format!("localhost:{}", server.port), format!("127.0.0.1:{}", server.port)] {
        assert_eq!(browser_at(&server, &host).get("/login").await.status, 404);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_answer_has_the_strict_headers(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    let mut answers = Vec::new();
    for path in PATHS {
        answers.push((path, browser.get(path).await));
        answers.push(("HEAD", browser.send(Method::HEAD, path, &[], &[]).await));
    }
    answers.push(("refused", log_in(&server.browser(), "/login", "ada", "wrong-but-long-enough").await));
    answers.push(("csrf", browser.send(Method::POST, "/login", &[], &[]).await));
    answers.push(("elsewhere", browser_at(&server, "evil.test").get("/login").await));
    answers.push(("method", browser.send(Method::PUT, "/login", &[], &[]).await));
    for (place, answer) in answers {
        assert_eq!(answer.header("cache-control"), "no-store", "{place}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{place}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{place}");
        assert_eq!(answer.header("strict-transport-security"), "", "{place}: not on plain http");
        let policy = answer.header("content-security-policy");
        if answer.status == 302 {
            continue;
        }
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{place} {policy}");
        assert!(!policy.contains("unsafe") && policy.contains("base-uri 'none'"), "{place}: {policy}");
    }
    let nonce = |answer: &Answer| answer.header("content-security-policy").to_owned();
    let (one, two) = (browser.get("/login").await, browser.get("/login").await);
    assert_ne!(nonce(&one), nonce(&two), "a nonce is used once");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_head_is_a_get_without_body_and_other_methods_are_refused(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let head = browser.send(Method::HEAD, "/login", &[], &[]).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(browser.send(Method::HEAD, "/nothing", &[], &[]).await.status, 404);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(browser.send(method, "/login", &[], &[]).await.status, 405);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn assets_are_kept_for_ever_under_their_versions_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let page = read(&browser.get("/login").await.text);
    let links: Vec<&str> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    assert!(links.len() >= 3, "{links:?}");
    for link in &links {
        let plain = browser.get(link).await;
        assert_eq!(plain.status, 200, "{link}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable", "{link}");
        assert_eq!(plain.header("x-content-type-options"), "nosniff", "{link}");
        assert_eq!(plain.header("content-encoding"), "", "{link}");
        let request = server.client.get(format!("{}{link}", server.address)).header("host", "acme.localhost");
        let zipped = request.header("accept-encoding", "br, gzip").send().await.expect("an answer");
        assert_eq!(zipped.headers()["content-encoding"], "gzip", "{link}");
        assert!(zipped.headers()["vary"].to_str().expect("text").contains("accept-encoding"), "{link}");
        let bytes = zipped.bytes().await.expect("a body");
        assert_eq!(&bytes[..2], [0x1f, 0x8b], "{link}: RFC 1952's magic number");
    }
    let css = links.iter().find(|link| link.ends_with("loginrocket.css")).expect("a stylesheet");
    assert_eq!(browser.get(css).await.header("content-type"), "text/css; charset=utf-8");
    let folder = css.rsplit_once('/').expect("a folder").0;
    for missing in ["nothing.css", "..%2f..%2fCargo.toml", "%2e%2e/login.html"] {
        assert_eq!(browser.get(&format!("{folder}/{missing}")).await.status, 404, "{missing}");
    }
    let old = browser.get("/assets/000000000000/loginrocket.css").await;
    assert!(!old.header("cache-control").contains("immutable"), "another version's address is not kept");
}
