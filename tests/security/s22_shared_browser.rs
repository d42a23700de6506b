//! Check 22: whoever logs in after somebody else in the same browser gets nothing of theirs, whichever cookies are left.

use std::collections::BTreeMap;

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, csrf, log_in, token};
use crate::social::visit::{Visit, path, query};
use crate::support::{Answer, Browser, Engine, Person, TestServer};

/// What a login at another site leaves behind: the next person's begins with nothing of it once the first has logged out,
/// and is nobody else's even if not.
#[rstest]
#[case::sqlite(Engine::Sqlite, true)]
#[case::sqlite_stays(Engine::Sqlite, false)]
#[case::postgres(Engine::Postgres, true)]
#[case::postgres_stays(Engine::Postgres, false)]
#[tokio::test]
async fn an_identity_that_waits_is_not_the_next_persons(#[case] engine: Engine, #[case] logs_out: bool) {
    const BOBS: &str = "violin-over-marble-7";
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit.server.user("ada").await;
    visit.server.user("bob").await;
    visit.server.put("users/bob", json!({"user": {"password": BOBS}})).await.json(200);
    let browser = visit.server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link", "ada's identity waits");
    let before = browser.cookies();
    if logs_out {
        browser.submit("/logout", &[]).await;
        let left: Vec<String> = browser.cookies().into_keys().collect();
        assert_eq!(left, ["gantry_browser", "gantry_csrf"]);
    }
    token(&log_in(&browser, "/login", "bob", BOBS).await);
    let login = browser.get("/login").await;
    browser.submit_from(&login, "/auth/link", &[("password", BOBS)]).await;
    assert_eq!(visit.credentials("bob").await, ["password"]);
    assert_eq!(visit.credentials("ada").await, ["password"]);

    // Bob comes from there himself: what waits now is his.
    visit.providers.is(Person::new("2002", Some("bob@example.com"), Some(false)));
    let there = path(&browser.get("/auth/google").await);
    let asked = query(&there);
    assert!(before.values().all(|value| *value != asked["state"] && *value != asked["nonce"]));
    browser.get(&visit.agree(&there).await).await;
    assert_ne!(browser.cookies()["gantry_identity"], before["gantry_identity"]);
    if logs_out {
        assert_ne!(browser.cookies()["gantry_social"], before["gantry_social"]);
    }
    browser.submit("/auth/link", &[("password", BOBS)]).await;
    assert_eq!(visit.credentials("bob").await, ["password", "google"]);
    assert_eq!(visit.credentials("ada").await, ["password"]);
}

/// The browser as it is with these cookies.
async fn with_cookies(server: &TestServer, cookies: &BTreeMap<String, String>) -> (Browser, Answer) {
    let browser = server.browser();
    let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let page = browser.send(Method::GET, "/login", &[], &[("cookie", &line.join("; "))]).await;
    (browser, page)
}

fn line(cookies: &BTreeMap<String, String>) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// All that names or opens something of one person: of the browser and of the session.
async fn identifiers(server: &TestServer, cookies: &BTreeMap<String, String>, token: &str) -> Vec<String> {
    let session = server.get(&format!("sessions/{token}")).await.json(200);
    let text = |name: &str| session[name].as_str().expect("text").to_owned();
    let browser = cookies["gantry_browser"].split('.').next().unwrap_or_default().to_owned();
    [vec![text("id"), text("user_id"), token.to_owned(), cookies["gantry_session"].clone()], vec![browser]].concat()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_comes_next_gets_nothing_of_who_was_before(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("bob").await;
    let names = ["gantry_browser", "gantry_csrf", "gantry_session"];
    for left in 0..8_usize {
        for logs_out in [false, true] {
            let first = server.browser();
            let adas_token = token(&log_in(&first, "/login", "ada", PASSWORD).await);
            let before = first.cookies();
            assert_eq!(before.keys().collect::<Vec<_>>(), names);
            let ada = identifiers(&server, &before, &adas_token).await;
            if logs_out {
                first.submit("/logout", &[]).await;
            }
            let mut kept = before.clone();
            kept.retain(|name, _| names.iter().position(|known| known == name).is_some_and(|at| left >> at & 1 == 1));
            let (second, page) = with_cookies(&server, &kept).await;
            // What the server just set goes over what was left.
            let mut sent = kept.clone();
            sent.extend(second.cookies());
            let fields = [("csrf", csrf(&page)), ("username", "bob".to_owned()), ("password", PASSWORD.to_owned())];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            let done = second.send(Method::POST, "/login", &fields, &[("cookie", &line(&sent))]).await;
            let bobs_token = token(&done);
            let bob = identifiers(&server, &second.cookies(), &bobs_token).await;
            assert!(bob.iter().all(|one| !ada.contains(one)), "{left:03b} {logs_out}: {bob:?} and {ada:?}");
            let session = server.get(&format!("sessions/{bobs_token}")).await.json(200);
            assert_eq!(session["user"]["username"], json!("bob"));
            // Ada's own session is as it was: alive, or ended by her.
            let adas = server.get(&format!("sessions/{adas_token}")).await;
            assert_eq!(adas.status, if logs_out { 404 } else { 200 }, "{left:03b}");
            // And one click ends Bob's, whose cookie it is now.
            sent.extend(second.cookies());
            let ask = second.send(Method::GET, "/logout", &[], &[("cookie", &line(&sent))]).await;
            sent.extend(second.cookies());
            let fields = [("csrf", csrf(&ask))];
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            second.send(Method::POST, "/logout", &fields, &[("cookie", &line(&sent))]).await;
            assert_eq!(server.get(&format!("sessions/{bobs_token}")).await.status, 404, "{left:03b}");
        }
        server.clock.advance(1000);
    }
}
