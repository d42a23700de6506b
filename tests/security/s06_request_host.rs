//! Check 6: a host that the request invents never gets into a page, a redirect or a mail.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{
    PASSWORD, RESET, VERIFICATION, csrf, events, hidden, location, log_in, param, set_app, set_login_rocket,
};
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
    for path in
        ["/", "/login", "/signup", "/logout", "/password/forgot", "/password/reset?token=x", "/email/verify?token=x"]
    {
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
        for path in ["/", "/login", "/signup", "/logout", "/password/forgot", "/password/reset?token=x"] {
            let answer = browser.get(path).await;
            is_clean(&answer, path);
            assert!([400, 404].contains(&answer.status), "{host}{path}: {}", answer.status);
            assert!(!answer.text.contains("Acme"));
        }
    }
}

/// The link in the newest mail of this type.
async fn mailed_link(server: &TestServer, event_type: &str) -> String {
    server.mailed(event_type).await.expect("a mail").link.expect("a link")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mailed_link_has_the_configured_origin_whatever_the_request_says(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let origin = format!("http://acme.localhost:{}", server.port);
    let browser = server.browser();
    let evil = "?redirect_uri=https%3A%2F%2Fevil.test%2F&redir=https%3A%2F%2Fevil.test%2F";
    let form = csrf(&browser.get("/password/forgot").await);
    let page = log_in(&browser, "/login", "ada", PASSWORD).await;
    let (resend, signup) = (hidden(&page, "token"), "grace@example.com");
    for (path, fields, event_type, lands_at) in [
        ("/password/forgot", vec![("username", "ada")], RESET, "/password/reset?token=kpw_"),
        ("/email/request", vec![("token", &*resend)], VERIFICATION, "/email/verify?token=kev_"),
        (
            "/signup",
            vec![("username", "grace"), ("email", signup), ("password", PASSWORD)],
            VERIFICATION,
            "/email/verify?token=kev_",
        ),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", form.as_str())]).collect();
        let told = browser.send(Method::POST, &format!("{path}{evil}"), &fields, &HOSTILE).await;
        assert_eq!(told.status, 200, "{path}: {}", told.text);
        let link = mailed_link(&server, event_type).await;
        assert!(link.starts_with(&format!("{origin}{lands_at}")), "{path}: {link}");
        assert!(!link.contains("evil.test"), "{path}: {link}");
    }
    // A host of its own, which the app has, and the one that links use.
    let domains = json!({"custom_domains": ["one.example", "two.example"], "primary_domain": "two.example"});
    set_app(&server, domains).await;
    let browser = Browser::new(server.client.clone(), &server.address, "one.example");
    assert_eq!(browser.submit("/password/forgot", &[("username", "ada")]).await.status, 200);
    let link = mailed_link(&server, RESET).await;
    assert!(link.starts_with(&format!("http://two.example:{}/password/reset?token=kpw_", server.port)), "{link}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hostile_host_header_has_no_mail_sent(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let form = csrf(&browser.get("/password/forgot").await);
    let cookie = format!("gantry_csrf={}", browser.cookies()["gantry_csrf"]);
    for host in ["evil.test", "evil.acme.localhost", "acme.localhost.evil.test", "acme.localhost@evil.test"] {
        let browser = Browser::new(server.client.clone(), &server.address, host);
        let fields = [("csrf", form.as_str()), ("username", "ada")];
        let told = browser.send(Method::POST, "/password/forgot", &fields, &[("cookie", &cookie)]).await;
        is_clean(&told, host);
        assert!([400, 404].contains(&told.status), "{host}: {}", told.status);
    }
    assert_eq!(events(&server, RESET).await, 0);
}
