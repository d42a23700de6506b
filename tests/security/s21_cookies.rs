//! Check 21: a session cannot be fixed from outside. Its cookie is new at each login, dead after logout, and as strict as
//! the address allows.

use reqwest::Method;
use rstest::rstest;

use crate::api::two_factor::{code, enrolled, pending_token};
use crate::loginrocket::v1::calls;
use crate::loginrocket::visit::{PASSWORD, csrf, log_in, token};
use crate::social::visit::Visit;
use crate::support::{Answer, Browser, Engine, Person, TestServer};

fn set_cookies(answer: &Answer) -> Vec<String> {
    answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text").to_owned()).collect()
}

/// The attributes of a `Set-Cookie` line, in lower case.
fn attributes(line: &str) -> Vec<String> {
    line.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase()).collect()
}

/// On https no other host sets or reads these, and no script.
#[track_caller]
fn assert_of_the_host_alone(lines: &[String]) {
    for line in lines {
        let has = attributes(line);
        assert!(line.starts_with("__Host-"), "{line}");
        for wanted in ["secure", "httponly", "samesite=lax", "path=/"] {
            assert!(has.iter().any(|attribute| attribute == wanted), "{wanted} in {line}");
        }
        assert!(!has.iter().any(|attribute| attribute.starts_with("domain")), "{line}");
    }
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
    let last = browser.cookies()["gantry_session"].clone();
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    let out = browser.submit("/logout", &[]).await;
    assert!(set_cookies(&out).iter().any(|line| line.starts_with("gantry_session=;") && line.contains("Max-Age=0")));
    // A copy of it opens nothing any more. Logins before it, which nobody has ended, are none of its business.
    for cookie in seen.iter().filter(|one| !one.starts_with("kss_")) {
        assert_eq!(remembers(&server, cookie).await, *cookie != last, "{cookie}");
    }
}

/// Whether this cookie's login is remembered: then a logout has something to ask.
async fn remembers(server: &TestServer, cookie: &str) -> bool {
    let line = format!("gantry_session={cookie}");
    server.browser().send(Method::GET, "/logout", &[], &[("cookie", &line)]).await.status == 200
}

/// Each way to the end of a login, with a planted cookie in the browser: the planted one is neither taken over nor told
/// anything.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_way_of_logging_in_has_a_cookie_of_its_own(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    let server = &visit.server;
    let device = enrolled(server).await;
    server.user("eve").await;
    visit.providers.state().now = server.clock.now_ms() / 1000;
    visit.providers.is(Person::new("3003", Some("mary@example.com"), Some(true)));
    let eve = server.browser();
    log_in(&eve, "/login", "eve", PASSWORD).await;
    let planted = eve.cookies()["gantry_session"].clone();
    let mut seen = vec![planted.clone()];
    for way in ["password and code", "signup", "provider", "call"] {
        // The planted cookie is there from the start.
        let browser = server.browser();
        browser.send(Method::GET, "/login", &[], &[]).await;
        browser.plant("gantry_session", &planted);
        match way {
            "password and code" => {
                let asked = log_in(&browser, "/login", "ada", PASSWORD).await;
                assert_eq!(browser.cookies()["gantry_session"], planted, "nothing yet");
                let (pending, digits) = (pending_token(&asked), code(&device.secret, server.clock.now_ms()));
                let fields = [("token", &*pending), ("code", &*digits)];
                token(&browser.submit_from(&asked, "/login/code", &fields).await);
            }
            "signup" => {
                let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
                token(&browser.submit("/signup", &fields).await);
            }
            "provider" => drop(token(&visit.come(&browser, "/auth/google").await)),
            _ => drop(calls::token(&calls::log_in(&browser, "eve", PASSWORD).await)),
        }
        let fresh = browser.cookies()["gantry_session"].clone();
        assert!(!seen.contains(&fresh), "{way}");
        assert!(remembers(server, &fresh).await && remembers(server, &planted).await, "{way}");
        browser.submit("/logout", &[]).await;
        assert!(!remembers(server, &fresh).await, "{way}: dead after logout");
        seen.push(fresh);
    }
    for (name, left) in [("ada", 0), ("grace", 0), ("mary@example.com", 0), ("eve", 1)] {
        let user = server.get(&format!("users/{name}")).await.json(200);
        let path = format!("sessions?user_id={}", user["id"].as_str().expect("an id"));
        let sessions = server.get(&path).await.json(200);
        assert_eq!(sessions["collection"].as_array().map(Vec::len), Some(left), "{name}: all but the planted one");
    }
}

/// The cookies of a login at another site are as strict, and go with a logout.
#[tokio::test]
async fn cookies_of_a_social_login_are_the_hosts_alone() {
    let visit = Visit::with(Engine::Sqlite, &[("base_url", "https://auth.example.com")]).await;
    visit.add("google").await;
    visit.server.user("ada").await;
    let browser = Browser::new(visit.server.client.clone(), &visit.server.address, "acme.auth.example.com");
    let there = browser.get("/auth/google").await;
    let back = browser.get(&visit.agree(there.header("location")).await).await;
    let lines = [set_cookies(&there), set_cookies(&back)].concat();
    assert_eq!(lines.len(), 2, "the login on its way, the identity that waits: {lines:?}");
    assert_of_the_host_alone(&lines);
    let page = browser.get("/auth/link").await;
    let form = csrf(&page);
    let own = [("origin", "https://acme.auth.example.com")];
    browser.send(Method::POST, "/logout", &[("csrf", &form)], &own).await;
    assert_eq!(browser.cookies().into_keys().collect::<Vec<_>>(), ["__Host-gantry_csrf"]);
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
    assert_of_the_host_alone(&lines);
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
