//! Check 23 for every token that is spent once: it works until the last millisecond of its time, is dead at the next
//! though nobody has cleaned up, and works once.

use rstest::rstest;
use serde_json::{Value, json};

use crate::api::raw::text;
use crate::api::two_factor::{code, enrolled, first_step, second_step};
use crate::loginrocket::visit::{PASSWORD, hidden, log_in, set_login_rocket};
use crate::support::{Engine, TestServer};

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
