//! Check 6: a host that the request invents never gets into a page or a redirect.

use reqwest::Method;
use rstest::rstest;

use crate::loginrocket::visit::{PASSWORD, csrf, location, param};
use crate::support::{Answer, Browser, Engine, TestServer};

const HOSTILE: [(&str, &str); 6] = [
    ("x-forwarded-host", "evil.test"),
    ("x-forwarded-server", "evil.test"),
    ("x-host", "evil.test"),
    ("x-original-url", "http://evil.test/login"),
    ("forwarded", "for=203.0.113.9;host=evil.test;proto=https"),
    ("x-forwarded-proto", "https"),
];

#[track_caller]
fn is_clean(answer: &Answer, place: &str) {
    assert!(!answer.text.contains("evil.test"), "{place}: {}", answer.text);
    for (name, value) in &answer.headers {
        assert!(!value.to_str().expect("text").contains("evil.test"), "{place}: {name}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_untrusted_peers_forwarded_host_changes_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for path in ["/", "/login", "/signup", "/logout", "/nothing"] {
        let honest = browser.get(path).await;
        let told = browser.send(Method::GET, path, &[], &HOSTILE).await;
        is_clean(&told, path);
        assert_eq!(told.status, honest.status, "{path}");
        assert_eq!(told.header("location"), honest.header("location"), "{path}");
        assert_eq!(told.header("strict-transport-security"), "", "{path}: nobody may say that this is https");
    }
    let token = csrf(&browser.get("/login").await);
    let fields = [("csrf", token.as_str()), ("username", "ada"), ("password", PASSWORD)];
    let told = [&HOSTILE[..], &[("x-forwarded-for", "203.0.113.9")]].concat();
    let done = browser.send(Method::POST, "/login", &fields, &told).await;
    is_clean(&done, "a login");
    let session = param(&location(&done), "token").expect("a token");
    let session = server.get(&format!("sessions/{session}")).await.json(200);
    assert_eq!(session["request"]["ip"], "127.0.0.1", "nor who the visitor is");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hostile_host_header_is_nobodys(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for host in ["evil.test", "evil.test:8000", "acme.localhost@evil.test", "acme.localhost:80@evil.test"] {
        let browser = Browser::new(server.client.clone(), &server.address, host);
        for path in ["/", "/login", "/signup", "/logout"] {
            let answer = browser.get(path).await;
            is_clean(&answer, path);
            assert!([400, 404].contains(&answer.status), "{host}{path}: {}", answer.status);
            assert!(!answer.text.contains("Acme"));
        }
    }
}
