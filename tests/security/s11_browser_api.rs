//! Checks 11, 12, 26 and 37 at the LoginRocket API: it tells no more of who exists than the pages do, in words or work;
//! takes each kind of token at its own place only; and hashes nothing that is too long.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::full_pool;
use crate::api::two_factor;
use crate::loginrocket::v1::calls::{self, done, error, from_page, from_server, is_remembered, token};
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, events, set_login_rocket};
use crate::support::{Answer, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

/// The answer without what differs at every request.
fn sameness(answer: &Answer) -> (u16, String, Vec<String>) {
    let mut headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
    headers.sort();
    (answer.status, answer.text.clone(), headers)
}

/// All names have six letters, so that lengths are compared too.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn logins_and_forgotten_passwords_are_told_alike(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for name in ["known1", "asleep"] {
        server.user(name).await;
    }
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let mut logins = Vec::new();
    for (name, password) in
        [("known1", WRONG), ("nobody", WRONG), ("nobody", PASSWORD), ("asleep", PASSWORD), ("asleep", WRONG)]
    {
        let told = calls::log_in(&server.browser(), name, password).await;
        logins.push(sameness(&told));
    }
    assert!(logins.iter().all(|told| told == &logins[0]), "{logins:#?}");
    assert_eq!(events(&server, "user.login.failed").await, 5);
    let mut forgotten = Vec::new();
    for name in ["known1", "nobody", "asleep", "known1@example.com"] {
        forgotten.push(sameness(&from_page(&server.browser(), "password/forgot", json!({"username": name})).await));
    }
    assert!(forgotten.iter().all(|told| told == &forgotten[0]), "{forgotten:#?}");
    assert_eq!((events(&server, RESET).await, events(&server, "user.password_token.failed").await), (2, 2));
    // So is the limit.
    let mut limits = Vec::new();
    for name in ["known1", "nobody"] {
        for _ in 0..10 {
            calls::log_in(&server.browser(), name, WRONG).await;
        }
        limits.push(sameness(&calls::log_in(&server.browser(), name, WRONG).await));
        server.clock.advance(10 * 60_000);
    }
    assert_eq!(limits[0], limits[1]);
    assert!(limits[0].1.contains("Too many tries"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn known_and_unknown_need_one_hash_and_nothing_too_long_does(#[case] engine: Engine) {
    let server = full_pool::server(engine).await;
    server.user("known1").await;
    full_pool::fill(&server).await;
    for name in ["known1", "nobody"] {
        let full = calls::log_in(&server.browser(), name, WRONG).await;
        let told = full.json(503);
        assert!(told["error"].is_string() && told["retry_after"].is_number(), "{told}");
        assert!(full.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
        assert_eq!(full.header("access-control-allow-origin"), calls::APP, "a page can read that too");
    }
    for (password, status) in [("x".repeat(257), 200), ("x".repeat(256), 503), ("x".repeat(5000), 200)] {
        assert_eq!(calls::log_in(&server.browser(), "known1", &password).await.status, status, "{}", password.len());
    }
    assert_eq!(server.browser().get("/login").await.status, 200);
}

struct Issued {
    kind: &'static str,
    value: String,
}

/// One of each kind of token, all of ada.
async fn issue(server: &TestServer) -> Vec<Issued> {
    let text = |value: &Value| value["token"].as_str().expect("a token").to_owned();
    server.put("users/ada", json!({"user": {"email_verification": "none"}})).await.json(200);
    let browser = server.browser();
    let kli = token(&calls::log_in(&browser, "ada", PASSWORD).await);
    let code = two_factor::first_step(server).await;
    set_login_rocket(server, &json!({"email_verification": "require"}), "active").await;
    let waits = calls::log_in(&browser, "ada", PASSWORD).await.json(200);
    set_login_rocket(server, &json!({}), "active").await;
    let session = server.get("users/ada").await.json(200);
    let opened = server.post("sessions", json!({"session": {"user_id": session["id"]}})).await.json(201);
    let kpw = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let kev = server.post("users/ada/request_email_verification", json!({})).await.json(200);
    vec![
        Issued { kind: "kli", value: kli },
        Issued { kind: "kli of the API", value: code },
        Issued { kind: "krs", value: waits["email_request_token"].as_str().expect("a token").to_owned() },
        Issued { kind: "kpw", value: text(&kpw) },
        Issued { kind: "kev", value: text(&kev) },
        Issued { kind: "login token", value: text(&opened) },
        Issued { kind: "session id", value: opened["id"].as_str().expect("an id").to_owned() },
        Issued { kind: "API key", value: server.key.clone() },
        Issued { kind: "JWT key", value: server.made.jwt_key.clone() },
    ]
}

/// Check 26: only the diagonal passes. The last right one changes the password.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_kind_of_token_passes_at_its_own_call_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = two_factor::enrolled(&server).await;
    let takes = [
        ("login/code", &["kli", "kli of the API"][..]),
        ("session", &["login token"]),
        ("email/request", &["krs", "login token"]),
        ("email/verify", &["kev"]),
        ("password/update", &["login token"]),
        ("password/reset", &["kpw"]),
    ];
    for (call, kinds) in takes {
        let issued = issue(&server).await;
        // The wrong ones first: no right one may be spent by them.
        for rightly in [false, true] {
            for Issued { kind, value } in issued.iter().filter(|one| kinds.contains(&one.kind) == rightly) {
                let code = two_factor::code(&device.secret, server.clock.now_ms());
                let body = json!({
                    "token": value, "code": code, "current_password": PASSWORD, "password": "another-fine-day-99",
                });
                let body = if call == "password/update" && rightly {
                    json!({"token": value, "current_password": PASSWORD, "password": PASSWORD})
                } else {
                    body
                };
                let answer = from_server(&server, call, body).await;
                assert_eq!(answer.json(200)["error"].is_null(), rightly, "{kind} at {call}: {}", answer.text);
                if rightly {
                    server.clock.advance(30_000);
                }
            }
        }
    }
}

/// Check 15: with the first factor alone nothing opens, whatever is done with what it gives.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_is_open_before_the_second_factor(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    two_factor::enrolled(&server).await;
    set_login_rocket(&server, &json!({"sso": "seamless"}), "active").await;
    let browser = server.browser();
    let kli = done(&calls::log_in(&browser, "ada", PASSWORD).await)["token"].as_str().expect("a token").to_owned();
    assert!(!is_remembered(&browser));
    for (call, body) in [
        ("session", json!({})),
        ("session", json!({"token": kli})),
        ("login", json!({"token": kli})),
        ("login/code", json!({"token": kli})),
        ("password/update", json!({"token": kli, "current_password": PASSWORD, "password": "another-fine-day-99"})),
        ("email/request", json!({"token": kli})),
    ] {
        error(&from_page(&browser, call, body).await);
    }
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
    assert_eq!(events(&server, VERIFICATION).await, 0);
    assert_eq!(browser.send(Method::GET, "/logout", &[], &[]).await.status, 302, "nobody is logged in");
}
