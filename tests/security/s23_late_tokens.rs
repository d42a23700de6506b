//! Check 23 for everything that is spent once: it works until the last millisecond of its time, is dead at the next
//! though nobody has cleaned up, and works once; an invitation (a Signup Token) proves the address that it holds and no
//! other. The same of signups' challenges is in `tests/loginrocket/signup_challenge.rs`.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::raw::text;
use crate::api::two_factor::{code, enrolled, first_step, second_step};
use crate::loginrocket::visit::{PASSWORD, csrf, hidden, log_in, set_login_rocket, token};
use crate::social::visit::{Visit, path};
use crate::support::{Browser, Engine, Person, TestServer};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Makes a token, and says whether it still works after so long.
async fn held(server: &TestServer, kind: &str, milliseconds: i64) -> (String, bool) {
    let token = issue(server, kind).await;
    server.clock.advance(milliseconds);
    let works = spend(server, kind, &token).await;
    (token, works)
}

async fn issue(server: &TestServer, kind: &str) -> String {
    let call = async |path: &str, body: Value| server.post(path, body).await;
    let token = match kind {
        "kpw" => text(&call("users/ada/generate_password_token", json!({})).await.json(200), "token").to_owned(),
        "kev" => text(&call("users/ada/request_email_verification", json!({})).await.json(200), "token").to_owned(),
        "utk" => {
            let now = server.clock.now_ms();
            let signup = json!({"user_token": {"username": format!("u{now}"), "email": format!("u{now}@example.com"),
                "password": PASSWORD}});
            text(&call("user_tokens", signup).await.json(201), "id").to_owned()
        }
        "kli" => first_step(server).await,
        "krs" => hidden(&log_in(&server.browser(), "/login", "ada", PASSWORD).await, "token"),
        other => panic!("{other}"),
    };
    assert!(token.starts_with(&format!("{kind}_")), "{token}");
    token
}

async fn spend(server: &TestServer, kind: &str, token: &str) -> bool {
    let call = async |path: &str, body: Value| server.post(path, body).await.status;
    let user = json!({"user": {"token": token, "password": PASSWORD}});
    let status = match kind {
        "kpw" => call("users/--/reset_password_with_token", user).await,
        "kev" => call("users/--/verify_email", user).await,
        "utk" => call("users", json!({"user": {"token": token}})).await,
        "krs" => {
            let browser = server.browser();
            let page = browser.get("/login").await;
            browser.submit_from(&page, "/email/request", &[("token", token)]).await.status
        }
        other => panic!("{other}"),
    };
    assert!([200, 201, 422].contains(&status), "{kind}: {status}");
    status < 300
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_end_to_the_millisecond(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    for (kind, lifetime) in [("kpw", DAY_MS), ("utk", DAY_MS), ("krs", 30 * MINUTE_MS), ("kev", 7 * DAY_MS)] {
        let (token, works) = held(&server, kind, lifetime).await;
        assert!(!works, "{kind} at its end");
        assert!(!spend(&server, kind, &token).await, "{kind} later");
        let (token, works) = held(&server, kind, lifetime - 1).await;
        assert!(works, "{kind} a millisecond before");
        assert!(!spend(&server, kind, &token).await, "{kind} twice");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_pending_login_ends_to_the_millisecond(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    for (held, status) in [(10 * MINUTE_MS, 401), (10 * MINUTE_MS - 1, 200)] {
        let token = first_step(&server).await;
        server.clock.advance(held);
        let digits = code(&device.secret, server.clock.now_ms());
        assert_eq!(second_step(&server, "ada", &token, &digits).await.status, status);
        assert_eq!(second_step(&server, "ada", &token, &digits).await.status, 401, "not twice");
    }
}

const KNOWN_MS: i64 = 180 * DAY_MS;

/// Identities that wait for a password or for a form.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_waits_for_a_browser_ends_to_the_millisecond(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit.server.user("ada").await;
    let form = [("email", "grace@example.com"), ("username", "grace"), ("first_name", "G"), ("last_name", "H")];
    for (place, person, fields) in [
        ("/auth/link", Person::new("1001", Some("ada@example.com"), Some(false)), &[("password", PASSWORD)][..]),
        ("/auth/signup", Person::new("2002", None, None), &form),
    ] {
        visit.providers.is(person);
        for (late, works) in [(0, false), (1, true)] {
            let browser = visit.server.browser();
            assert_eq!(path(&visit.come(&browser, "/auth/google").await), place);
            let page = browser.get(place).await;
            let cookie = format!("gantry_identity={}; {}", browser.cookies()["gantry_identity"], csrf_cookie(&browser));
            visit.advance(30 * MINUTE_MS - late);
            assert_eq!(browser.get(place).await.status, if works { 200 } else { 422 }, "{place} {late}");
            let done = browser.submit_from(&page, place, fields).await;
            assert_eq!(done.status, if works { 302 } else { 422 }, "{place} {late}: {}", done.text);
            // Its browser may keep a copy of the cookie.
            let csrf = csrf(&browser.get("/login").await);
            let again = [&[("csrf", &*csrf)], fields].concat();
            let again = visit.server.browser().send(Method::POST, place, &again, &[("cookie", &cookie)]).await;
            assert_eq!(again.status, 422, "{place} twice");
        }
    }
    assert_eq!(visit.credentials("ada").await, ["password", "google"]);
    assert_eq!(visit.credentials("grace").await, ["google"]);
}

fn csrf_cookie(browser: &Browser) -> String {
    format!("gantry_csrf={}", browser.cookies()["gantry_csrf"])
}

/// Of twenty who send the same waiting identity at once, one is connected.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_at_once_one_gets_what_waits(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit.providers.is(Person::new("2002", None, None));
    let browser = visit.server.browser();
    visit.come(&browser, "/auth/google").await;
    let page = browser.get("/auth/signup").await;
    let names: Vec<(String, String)> =
        (0..20).map(|nth| (format!("user{nth}"), format!("user{nth}@example.com"))).collect();
    let send = async |(name, email): &(String, String)| {
        let fields = [("username", &**name), ("email", email), ("first_name", "A"), ("last_name", "B")];
        browser.submit_from(&page, "/auth/signup", &fields).await.status
    };
    let statuses = futures_util::future::join_all(names.iter().map(send)).await;
    assert_eq!(statuses.iter().filter(|status| **status == 302).count(), 1, "{statuses:?}");
    assert_eq!(visit.users().await.len(), 1);
}

/// A browser is known for 180 days, counted in whole seconds.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_known_browser_is_a_stranger_at_the_end_of_its_time(#[case] engine: Engine) {
    for (late, status) in [(0, 429), (1000, 302)] {
        let server = TestServer::start(engine).await;
        server.user("ada").await;
        let browser = server.browser();
        log_in(&browser, "/login", "ada", PASSWORD).await;
        server.clock.advance(KNOWN_MS - late);
        for _ in 0..10 {
            log_in(&server.browser(), "/login", "ada", "wrong-but-long-enough").await;
        }
        assert_eq!(log_in(&browser, "/login", "ada", PASSWORD).await.status, status, "{late}");
    }
}

/// The address of an invitation is the one that it holds: another that is sent with it is not proven by it, and one that
/// somebody has meanwhile is not shared.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_token_is_bound_to_its_address(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    set_login_rocket(&visit.server, &json!({"signup_mode": "user_token"}), "active").await;
    let first = token(&visit.come_anew("/auth/google").await);
    let sent = json!({"user": {"token": first, "username": "eve", "email": "victim@example.com"}});
    let user = visit.server.post("users", sent).await.json(201);
    assert_eq!((&user["email"], &user["email_verification"]), (&json!("victim@example.com"), &json!("none")));

    visit.providers.is(Person::new("2002", Some("grace@example.com"), Some(true)));
    let second = token(&visit.come_anew("/auth/google").await);
    visit.server.user("grace").await;
    let taken = visit.server.post("users", json!({"user": {"token": second, "username": "other"}})).await;
    assert!(!taken.refusals("email").is_empty(), "{}", taken.text);
    assert_eq!(visit.credentials("grace").await, ["password"]);
}
