//! Check 17, first half: strangers who try passwords do not lock the owner out of a browser that is known, and such a
//! browser's cookie is worth a few tries and nothing else.

use std::collections::BTreeMap;

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::s13_shared_counts::flood;
use crate::api::two_factor::{STEP_MS, code, enrolled, pending_token};
use crate::loginrocket::visit::{PASSWORD, RESET, csrf, forget, hidden, log_in};
use crate::support::{Answer, Browser, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";
const STRANGERS: usize = 10_000;
/// At once.
const CROWD: usize = 50;
const DAY_MS: i64 = 24 * 60 * 60_000;

/// The value of the cookie by which this browser is known.
fn known(browser: &Browser) -> String {
    browser.cookies()["gantry_browser"].clone()
}

/// A login from a browser that has nothing but this cookie.
async fn with_cookie(server: &TestServer, cookie: &str, username: &str, password: &str) -> Answer {
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let line = format!("gantry_csrf={}; gantry_browser={cookie}", browser.cookies()["gantry_csrf"]);
    let fields = [("csrf", form.as_str()), ("username", username), ("password", password)];
    browser.send(Method::POST, "/login", &fields, &[("cookie", &line)]).await
}

/// Fills the user's count, from many addresses.
async fn strangers(server: &TestServer, username: &str, tries: usize) {
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let one = async |nth: usize| {
        let address = format!("2001:db8:{:x}:{:x}::1", nth / 1000, nth % 1000);
        // The very same form once more would be no try of its own.
        let fields = [("csrf", form.as_str()), ("username", username), ("password", WRONG), ("nth", &nth.to_string())];
        let answer = browser.send(Method::POST, "/login", &fields, &[("x-forwarded-for", &address)]).await;
        assert!([422, 429].contains(&answer.status), "{}", answer.text);
        answer.status == 422
    };
    let mut looked_at = 0;
    for crowd in 0..tries.div_ceil(CROWD) {
        let group = (crowd * CROWD..((crowd + 1) * CROWD).min(tries)).map(one);
        looked_at += futures_util::future::join_all(group).await.into_iter().filter(|refused| *refused).count();
    }
    assert_eq!(looked_at, 10.min(tries), "ten for the user, from however many addresses");
}

async fn behind_proxy(engine: Engine) -> TestServer {
    let server = TestServer::with(engine, &[("trusted_proxies", "127.0.0.0/8")]).await;
    server.user("ada").await;
    server.user("bob").await;
    server
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_strangers_do_not_lock_the_owner_out(#[case] engine: Engine) {
    let server = behind_proxy(engine).await;
    let own = server.browser();
    assert_eq!(log_in(&own, "/login", "ada", PASSWORD).await.status, 302);
    strangers(&server, "ada", STRANGERS).await;
    flood(&server);
    assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 429, "a browser that is not known");
    assert_eq!(log_in(&own, "/login", "ada", WRONG).await.status, 422);
    assert_eq!(log_in(&own, "/login", "ada", PASSWORD).await.status, 302);
    // The owner's success gives strangers no new tries.
    assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 429);
    // Nor does it matter where the strangers are: in the owner's own network, say.
    for nth in 0..60 {
        log_in(&server.browser(), "/login", &format!("name{nth}"), WRONG).await;
    }
    assert_eq!(log_in(&server.browser(), "/login", "bob", PASSWORD).await.status, 429, "the address is used up");
    assert_eq!(log_in(&own, "/login", "ada", PASSWORD).await.status, 302);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_stolen_cookie_is_worth_a_few_tries(#[case] engine: Engine) {
    let server = behind_proxy(engine).await;
    let (own, other) = (server.browser(), server.browser());
    log_in(&own, "/login", "ada", PASSWORD).await;
    log_in(&other, "/login", "ada", PASSWORD).await;
    let stolen = known(&own);
    assert!(!stolen.contains("ada") && !stolen.contains("usr_"), "it names nobody: {stolen}");
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(with_cookie(&server, &stolen, "ada", WRONG).await.status == 422);
    }
    assert_eq!(refused, 10);
    assert_eq!(with_cookie(&server, &stolen, "ada", PASSWORD).await.status, 429);
    assert_eq!(log_in(&other, "/login", "ada", PASSWORD).await.status, 302, "other known browsers go on");
    assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 302, "and so do strangers' tries");
    // It opens nothing by itself.
    let cookie = format!("gantry_session={stolen}");
    let answer = server.browser().send(Method::GET, "/logout", &[], &[("cookie", &cookie)]).await;
    assert_eq!(answer.status, 302);
}

/// What does not make a browser known.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_an_own_unchanged_cookie_counts(#[case] engine: Engine) {
    let server = behind_proxy(engine).await;
    let (adas, bobs) = (server.browser(), server.browser());
    log_in(&adas, "/login", "ada", PASSWORD).await;
    log_in(&bobs, "/login", "bob", PASSWORD).await;
    let own = known(&adas);
    strangers(&server, "ada", 60).await;
    let parts: Vec<&str> = own.split('-').collect();
    let [name, expiry, code] = parts[..] else { panic!("{own}") };
    let later = expiry.parse::<i64>().expect("seconds") + 1;
    for cookie in [
        known(&bobs),
        String::new(),
        ".".repeat(300),
        format!("{name}-{later}-{code}"),
        format!("{}-{expiry}-{code}", name.chars().rev().collect::<String>()),
        format!("{name}-{expiry}-{}", code.chars().rev().collect::<String>()),
        format!("{name}-{expiry}-"),
        format!("{name}-{expiry}-{}", &code[..30]),
        format!("{own}{own}"),
    ] {
        assert_eq!(with_cookie(&server, &cookie, "ada", PASSWORD).await.status, 429, "{cookie}");
    }
    for cookie in [own.clone(), format!("{}.{own}", known(&bobs)), format!("x.{own}.y")] {
        assert_eq!(with_cookie(&server, &cookie, "ada", PASSWORD).await.status, 302, "{cookie}");
    }
    // Another realm's user of the same name is another user.
    server.clock.advance(180 * DAY_MS);
    strangers(&server, "ada", 60).await;
    assert_eq!(with_cookie(&server, &own, "ada", PASSWORD).await.status, 429, "after 180 days");
}

/// Several people share a browser, and each is known in it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_shared_browser_knows_its_last_five(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("trusted_proxies", "127.0.0.0/8")]).await;
    let browser = server.browser();
    let names: Vec<String> = (0..6).map(|nth| format!("user{nth}")).collect();
    for name in &names {
        server.user(name).await;
        assert_eq!(log_in(&browser, "/login", name, PASSWORD).await.status, 302);
    }
    let cookie = known(&browser);
    assert!(cookie.len() < 600, "{}", cookie.len());
    for (nth, name) in names.iter().enumerate() {
        strangers(&server, name, 20).await;
        let expected = if nth == 0 { 429 } else { 302 };
        assert_eq!(with_cookie(&server, &cookie, name, PASSWORD).await.status, expected, "{name}");
    }
}

/// What makes known browsers strangers.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_browser_is_forgotten_by_a_new_password_and_on_request(#[case] engine: Engine) {
    let server = behind_proxy(engine).await;
    let browser = server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    let bobs = server.browser();
    log_in(&bobs, "/login", "bob", PASSWORD).await;
    let old = known(&browser);
    server.put("users/ada", json!({"user": {"password": "an0ther-trombone-here"}})).await.json(200);
    server.put("users/ada", json!({"user": {"password": PASSWORD}})).await.json(200);
    strangers(&server, "ada", 20).await;
    assert_eq!(with_cookie(&server, &old, "ada", PASSWORD).await.status, 429, "the password was changed");
    server.clock.advance(DAY_MS);
    log_in(&browser, "/login", "ada", PASSWORD).await;
    let fresh = known(&browser);
    assert_eq!(server.delete("users/ada/known_browsers").await.status, 204);
    strangers(&server, "ada", 20).await;
    assert_eq!(with_cookie(&server, &fresh, "ada", PASSWORD).await.status, 429, "the app asked for it");
    strangers(&server, "bob", 20).await;
    assert_eq!(with_cookie(&server, &known(&bobs), "bob", PASSWORD).await.status, 302, "others are not concerned");
    // The person asks for it in the browser itself: one click, after which its cookie is gone and the login is not.
    server.clock.advance(DAY_MS);
    log_in(&browser, "/login", "ada", PASSWORD).await;
    assert!(known(&browser).len() > 40);
    browser.get("/browser/forget").await;
    assert!(browser.cookies().contains_key("gantry_browser"), "a GET changes nothing");
    assert_eq!(browser.submit("/browser/forget", &[]).await.status, 200);
    let left: BTreeMap<String, String> = browser.cookies();
    assert!(!left.contains_key("gantry_browser") && left.contains_key("gantry_session"), "{left:?}");
    server.delete("users/nobody/known_browsers").await.json(404);
}

/// Who forgot the password while strangers try it gets in with the mail that they asked for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_reset_by_mail_makes_its_browser_known(#[case] engine: Engine) {
    const NEW: &str = "another-fine-day-99";
    let server = behind_proxy(engine).await;
    forget(&server.browser(), "/password/forgot", "ada").await;
    let browser = server.browser();
    let page = browser.get(&format!("/password/reset?token={}", server.mailed_token(RESET).await)).await;
    let fields = [("token", hidden(&page, "token")), ("password", NEW.to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(browser.submit_from(&page, "/password/reset", &fields).await.status, 302);
    assert!(!browser.cookies().contains_key("gantry_session"));
    strangers(&server, "ada", 20).await;
    assert_eq!(log_in(&server.browser(), "/login", "ada", NEW).await.status, 429);
    assert_eq!(log_in(&browser, "/login", "ada", NEW).await.status, 302);
}

/// Whoever has the password but not the device cannot keep the owner from typing codes.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_of_a_known_browser_are_counted_apart(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let now = || server.clock.now_ms();
    let log_in_with = async |browser: &Browser, digits: &str| {
        let asked = log_in(browser, "/login", "ada", PASSWORD).await;
        let fields = [("token", pending_token(&asked)), ("code", digits.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        browser.submit_from(&asked, "/login/code", &fields).await.status
    };
    let own = server.browser();
    assert_eq!(log_in_with(&own, &code(&device.secret, now())).await, 302);
    server.clock.advance(STEP_MS);
    for _ in 0..10 {
        assert_eq!(log_in_with(&server.browser(), "0000-0000-0000").await, 422);
    }
    assert_eq!(log_in_with(&server.browser(), &code(&device.secret, now())).await, 429);
    assert_eq!(log_in_with(&own, &code(&device.secret, now())).await, 302);
    // All known browsers have ten together, so that nobody gathers tries by gathering browsers.
    let second = server.browser();
    server.clock.advance(DAY_MS);
    assert_eq!(log_in_with(&second, &code(&device.secret, now())).await, 302);
    server.clock.advance(STEP_MS);
    for nth in 0..10 {
        let browser = if nth % 2 == 0 { &own } else { &second };
        assert_eq!(log_in_with(browser, "0000-0000-0000").await, 422);
    }
    assert_eq!(log_in_with(&own, &code(&device.secret, now())).await, 429);
    assert_eq!(log_in_with(&second, &code(&device.secret, now())).await, 429);
}
