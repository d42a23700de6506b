//! Check 21: a session cannot be fixed from outside. Its cookie is new at each login, dead after logout, and as strict as
//! the address allows.

use reqwest::Method;
use rstest::rstest;

use crate::loginrocket::visit::{PASSWORD, csrf, log_in, token};
use crate::support::{Answer, Browser, Engine, TestServer};

fn set_cookies(answer: &Answer) -> Vec<String> {
    answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text").to_owned()).collect()
}

/// The attributes of a `Set-Cookie` line, in lower case.
fn attributes(line: &str) -> Vec<String> {
    line.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_takes_no_cookie_that_was_there_before(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let eve = server.browser();
    let eves_token = token(&log_in(&eve, "/login", "eve", PASSWORD).await);
    let planted = eve.cookies()["gantry_session"].clone();
    for planted in [planted.as_str(), "0000000000000000000000000000000000000000000", "x"] {
        let victim = server.browser();
        let form = csrf(&victim.get("/login").await);
        let line = format!("gantry_session={planted}; gantry_csrf={}", victim.cookies()["gantry_csrf"]);
        let fields = [("csrf", form.as_str()), ("username", "ada"), ("password", PASSWORD)];
        let bare = server.browser();
        let done = bare.send(Method::POST, "/login", &fields, &[("cookie", &line)]).await;
        assert_eq!(done.status, 302);
        assert_ne!(bare.cookies()["gantry_session"], planted);
        let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
        assert_eq!(session["user"]["username"], "ada");
    }
    let eves = server.get(&format!("sessions/{eves_token}")).await.json(200);
    assert_eq!(eves["user"]["username"], "eve", "and what was planted stands for whom it stood before");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_login_has_another_cookie_and_session_and_a_logout_takes_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let done = log_in(&browser, "/login", "ada", PASSWORD).await;
        let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
        seen.extend([browser.cookies()["gantry_session"].clone(), session["id"].as_str().expect("an id").to_owned()]);
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    let out = browser.submit("/logout", &[]).await;
    assert!(set_cookies(&out).iter().any(|line| line.starts_with("gantry_session=;") && line.contains("Max-Age=0")));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn on_https_cookies_are_the_hosts_alone(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("base_url", "https://auth.example.com")]).await;
    server.user("ada").await;
    let browser = Browser::new(server.client.clone(), &server.address, "acme.auth.example.com");
    let page = browser.get("/login").await;
    assert_eq!(page.status, 200);
    assert!(page.header("strict-transport-security").starts_with("max-age="));
    let form = csrf(&page);
    let fields = [("csrf", form.as_str()), ("username", "ada"), ("password", PASSWORD)];
    let plain = [("origin", "http://acme.auth.example.com")];
    assert_ne!(browser.send(Method::POST, "/login", &fields, &plain).await.status, 302, "http is another origin");
    let own = [("origin", "https://acme.auth.example.com")];
    let done = browser.send(Method::POST, "/login", &fields, &own).await;
    assert_eq!(done.status, 302);
    let lines = [set_cookies(&page), set_cookies(&done)].concat();
    assert_eq!(lines.len(), 3, "form, session, known browser: {lines:?}");
    for line in &lines {
        let has = attributes(line);
        assert!(line.starts_with("__Host-"), "{line}");
        for wanted in ["secure", "httponly", "samesite=lax", "path=/"] {
            assert!(has.iter().any(|attribute| attribute == wanted), "{wanted} in {line}");
        }
        assert!(!has.iter().any(|attribute| attribute.starts_with("domain")), "{line}");
    }
    // A cookie without the prefix, as a neighbour on the parent domain could set it, is not looked at.
    let cookies = browser.cookies();
    let unprefixed: Vec<_> = cookies.iter().map(|(n, v)| format!("{}={v}", n.trim_start_matches("__Host-"))).collect();
    let neighbour = Browser::new(server.client.clone(), &server.address, "acme.auth.example.com");
    let told = [("cookie", unprefixed.join("; "))];
    let told: Vec<_> = told.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(neighbour.send(Method::GET, "/logout", &[], &told).await.status, 302, "nobody is logged in");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn on_http_they_are_strict_but_for_what_needs_https(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let page = browser.get("/login").await;
    let done = log_in(&browser, "/login", "ada", PASSWORD).await;
    let lines = [set_cookies(&page), set_cookies(&done)].concat();
    assert_eq!(lines.len(), 3, "form, session, known browser: {lines:?}");
    for line in &lines {
        let has = attributes(line);
        for wanted in ["httponly", "samesite=lax", "path=/"] {
            assert!(has.iter().any(|attribute| attribute == wanted), "{wanted} in {line}");
        }
        assert!(!has.iter().any(|attribute| attribute.starts_with("domain")), "{line}");
    }
}
