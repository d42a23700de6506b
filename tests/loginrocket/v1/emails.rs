//! `email/verify` and `email/request` (loginrocket-v1 §6.1; decisions §4).

use rstest::rstest;
use serde_json::json;

use super::calls::{done, error, from_page, from_server, log_in, token};
use crate::loginrocket::visit::{PASSWORD, VERIFICATION, events, set_login_rocket};
use crate::support::{Engine, TestServer};

async fn verification(server: &TestServer) -> String {
    server.get("users/ada").await.json(200)["email_verification"].as_str().expect("a word").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_logged_in_asks_for_the_mail_and_confirms_with_its_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    // For pages of the app's own: the hosted one is switched off.
    set_login_rocket(&server, &json!({"verify": false}), "active").await;
    let browser = server.browser();
    let login = token(&log_in(&browser, "ada", PASSWORD).await);
    done(&from_page(&browser, "email/request", json!({"token": login})).await);
    assert_eq!(verification(&server).await, "requested");
    let mail = server.mailed(VERIFICATION).await.expect("a mail");
    assert_eq!(mail.to, "ada@example.com");
    let kev = mail.token.expect("a token");
    for stranger in ["x", "kev_x", &login] {
        let refused = from_page(&browser, "email/verify", json!({"token": stranger})).await;
        assert_eq!(error(&refused), "This link cannot be used: it has already been used, or it has expired.");
    }
    let confirmed = from_page(&browser, "email/verify", json!({"token": kev})).await;
    assert_eq!(done(&confirmed)["message"], "Your email address is confirmed");
    assert_eq!(verification(&server).await, "verified");
    error(&from_page(&browser, "email/verify", json!({"token": kev})).await);
    // Nothing left to confirm.
    let again = from_page(&browser, "email/request", json!({"token": login})).await;
    assert_eq!(done(&again)["message"], "Your email address is confirmed");
    assert_eq!(events(&server, VERIFICATION).await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inbox_gets_five_mails_an_hour(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let login = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    for _ in 0..5 {
        done(&from_server(&server, "email/request", json!({"token": login})).await);
    }
    let limited = from_server(&server, "email/request", json!({"token": login})).await;
    assert!(error(&limited).starts_with("Too many tries."));
    assert_eq!(events(&server, VERIFICATION).await, 5);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_else_has_mails_sent(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let ended = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    done(&from_server(&server, "logout", json!({"token": ended})).await);
    for stranger in ["x", "krs_x", "a.b.c", &ended] {
        let refused = from_server(&server, "email/request", json!({"token": stranger})).await;
        assert_eq!(error(&refused), "Please log in again, and ask for another email.");
    }
    for call in ["email/request", "email/verify"] {
        assert_eq!(error(&from_server(&server, call, json!({})).await), "Token can't be blank");
    }
    assert_eq!(events(&server, VERIFICATION).await, 0);
}
