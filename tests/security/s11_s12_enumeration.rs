//! Checks 11 and 12: login, forgotten password and, where addresses have to be proven, signup answer alike for users that
//! exist and users that do not, and do the same work.
//!
//! What takes time is compared, and not the time itself: both ways write
//! one event, and both need one hash, which shows while the hashing queue is full.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::full_pool;
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, csrf, events, forget, log_in, set_login_rocket};
use crate::support::{Answer, Browser, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

/// The answer without what differs at every request: the nonce, the form's token, and what the person typed.
fn sameness(answer: &Answer, browser: &Browser, typed: &str) -> (u16, String, Vec<String>) {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
    let form = if answer.text.contains("name=\"csrf\"") { csrf(answer) } else { "none".to_owned() };
    // The names of what the browser keeps for pages are made up, and as long as each other.
    let cookies = browser.cookies();
    let pages = || cookies.iter().filter_map(|(name, value)| Some((name.strip_prefix("gantry_page_")?, value.len())));
    let clean = |text: &str| {
        let text = text.replace(&nonce, "NONCE").replace(&form, "CSRF").replace(typed, "TYPED");
        pages().fold(text, |text, (name, _)| text.replace(name, "PAGE"))
    };
    let mut headers: Vec<String> = answer.headers.iter().map(|(n, v)| clean(&format!("{n}: {v:?}"))).collect();
    headers.retain(|line| !line.starts_with("date:"));
    headers.sort();
    headers.extend(cookies.keys().filter(|name| !name.starts_with("gantry_page_")).cloned());
    // Their order is that of random names.
    let mut lengths: Vec<String> = pages().map(|(name, length)| format!("a page's {} {length}", name.len())).collect();
    lengths.sort();
    lengths.dedup();
    headers.extend(lengths);
    (answer.status, clean(&answer.text), headers)
}

/// All names have six letters, so that lengths are compared too.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wrong_password_an_unknown_and_an_inactive_user_are_told_alike(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    server.user("asleep").await;
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let mut answers = Vec::new();
    for (username, password) in [
        ("known1", WRONG),
        ("nobody", WRONG),
        ("nobody", PASSWORD),
        ("asleep", PASSWORD),
        ("asleep", WRONG),
        ("known1", ""),
        ("nobody", ""),
    ] {
        let browser = server.browser();
        let first = sameness(&log_in(&browser, "/login", username, password).await, &browser, username);
        let second = sameness(&log_in(&browser, "/login", username, password).await, &browser, username);
        assert_eq!(first, second, "{username} {password}");
        assert!(first.1.contains("TYPED"), "{}", first.1);
        answers.push((username, password, first));
    }
    for (username, password, answer) in &answers {
        assert_eq!(answer, &answers[0].2, "{username} {password:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn too_many_tries_are_told_alike_too(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    let mut told = Vec::new();
    for username in ["known1", "nobody"] {
        let browser = server.browser();
        let mut statuses = Vec::new();
        for _ in 0..11 {
            statuses.push(log_in(&browser, "/login", username, WRONG).await.status);
        }
        let refused = log_in(&browser, "/login", username, WRONG).await;
        assert_eq!(refused.status, 429);
        told.push((statuses, sameness(&refused, &browser, username)));
    }
    assert_eq!(told[0], told[1]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn both_ways_write_one_event_and_need_one_hash(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    let logins = [(server.browser(), "owner1"), (server.browser(), "nobody")];
    server.user("owner1").await;
    let mut forms = Vec::new();
    for (nth, (browser, username)) in logins.iter().enumerate() {
        log_in(browser, "/login", username, WRONG).await;
        assert_eq!(events(&server, "user.login.failed").await, nth + 1, "{username}");
        forms.push(csrf(&browser.get("/login").await));
    }
    full_pool::fill(&server).await;
    for ((browser, username), form) in logins.iter().zip(&forms) {
        let fields = [("csrf", form.as_str()), ("username", username), ("password", WRONG)];
        let full = browser.send(Method::POST, "/login", &fields, &[]).await;
        assert_eq!(full.status, 503, "{username} needs a hash");
        assert!(full.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    }
}

/// Again all names have six letters.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_forgotten_password_is_answered_alike_for_everybody(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    server.user("asleep").await;
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let robot = json!({"user": {"user_type": "api", "username": "robot1"}});
    server.post("users", robot).await.json(201);
    let mut answers = Vec::new();
    for name in ["known1", "nobody", "asleep", "robot1", "known1@example.com", "nobody@example.com"] {
        let browser = server.browser();
        let told = forget(&browser, "/password/forgot", name).await;
        assert_eq!(told.status, 200);
        assert!(!told.text.contains(name), "{}", told.text);
        answers.push((name, sameness(&told, &browser, "typed nowhere")));
    }
    for (name, answer) in &answers {
        assert_eq!(answer, &answers[0].1, "{name}");
    }
    // Both ways commit one event, and neither needs a hash.
    assert_eq!((events(&server, RESET).await, events(&server, "user.password_token.failed").await), (2, 4));
}

/// The limit of an inbox shows nothing of whose it is; that of the visitor's own address shows for everybody.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_full_inbox_is_answered_alike(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    let mut told = Vec::new();
    for name in ["known1", "nobody"] {
        let browser = server.browser();
        for _ in 0..10 {
            let answer = forget(&browser, "/password/forgot", name).await;
            told.push(sameness(&answer, &browser, "typed nowhere"));
        }
    }
    assert_eq!(events(&server, RESET).await, 5);
    for answer in &told {
        assert_eq!(answer, &told[0]);
    }
    for name in ["known1", "nobody"] {
        let refused = forget(&server.browser(), "/password/forgot", name).await;
        assert_eq!(refused.status, 429, "{name}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_proven_a_signup_tells_no_taken_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    server.user("known1").await;
    server.user("asleep").await;
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let mut answers = Vec::new();
    for (nth, address) in ["known1@example.com", "nobody@example.com", "asleep@example.com"].into_iter().enumerate() {
        for (password, status) in [("short", 422), (PASSWORD, 200)] {
            let browser = server.browser();
            let fields = [("username", &*format!("fresh{nth}")), ("email", address), ("password", password)];
            let told = browser.submit("/signup", &fields).await;
            assert_eq!(told.status, status, "{}", told.text);
            let (status, text, headers) = sameness(&told, &browser, address);
            answers.push((address, password, (status, text.replace(&format!("fresh{nth}"), "NAME"), headers)));
        }
    }
    for (address, password, answer) in &answers {
        let of_nobody = answers.iter().find(|(other, with, _)| *other == "nobody@example.com" && with == password);
        assert_eq!(Some(answer), of_nobody.map(|(.., answer)| answer), "{address} {password}");
    }
    assert_eq!((events(&server, RESET).await, events(&server, VERIFICATION).await), (1, 1));
}

/// That an address is not proven yet is for whoever knows the password.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unproven_address_shows_by_no_wrong_password(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    server.user("proven").await;
    server.put("users/proven", json!({"user": {"email_verification": "verified"}})).await.json(200);
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let mut answers = Vec::new();
    for username in ["nobody", "known1", "proven"] {
        let browser = server.browser();
        answers.push(sameness(&log_in(&browser, "/login", username, WRONG).await, &browser, username));
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]));
}
