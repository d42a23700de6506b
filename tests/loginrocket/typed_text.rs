//! What people type into the pages and into forms of the app (decisions §3 and §9).

use rstest::rstest;
use serde_json::json;

use super::v1::calls::{done, from_server};
use super::visit::{PASSWORD, RESET, hidden, log_in, token};
use crate::api::two_factor;
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn either_name_logs_in_on_pages_and_in_the_browser_api(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let page = server.browser().get("/login").await;
    assert!(page.text.contains(">Username or email</label>"), "{}", page.text);
    for name in ["ada", " ADA@example.com\u{200b}", "\u{feff}ada"] {
        token(&log_in(&server.browser(), "/login", name, PASSWORD).await);
        for field in ["username", "email"] {
            done(&from_server(&server, "login", json!({field: name, "password": PASSWORD})).await);
        }
    }
    let refused = log_in(&server.browser(), "/login", "ada@example.com", "wrong-but-long-enough").await;
    assert!(refused.text.contains("That username or email and the password do not match"), "{}", refused.text);
    let shared = json!({"realm": {"require_unique_emails": false}});
    server.put(&format!("realms/{}", server.realm()), shared).await.json(200);
    let page = server.browser().get("/login").await;
    assert!(page.text.contains(">Username</label>"), "{}", page.text);
    assert_eq!(log_in(&server.browser(), "/login", "ada@example.com", PASSWORD).await.status, 422);
}

/// Wrong passwords are counted for the user, by whichever name they were tried.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_names_are_not_two_counts(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let mut statuses = Vec::new();
    for at in 0..12 {
        let name = if at % 2 == 0 { "ada" } else { "ada@example.com" };
        let body = json!({"password": "wrong-but-long-enough"});
        statuses.push(server.post(&format!("users/{name}/authenticate"), body).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 10, "{statuses:?}");
    assert_eq!(statuses[10..], [429, 429], "{statuses:?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_take_codes_and_tokens_as_they_are_typed_and_pasted(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = two_factor::enrolled(&server).await;
    let browser = server.browser();
    let asked = log_in(&browser, "/login", "ada", PASSWORD).await;
    let wide = |code: &str| code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).expect("wide")).collect();
    let code: String = wide(&two_factor::code(&device.secret, server.clock.now_ms()));
    let fields = [("token", hidden(&asked, "token")), ("code", format!("{code}\u{200b}"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    token(&browser.submit_from(&asked, "/login/code", &fields).await);

    server.clock.advance(two_factor::STEP_MS);
    let pending = done(&from_server(&server, "login", json!({"username": "ada", "password": PASSWORD})).await);
    let code = two_factor::code(&device.secret, server.clock.now_ms());
    let typed = format!("{}-{}", &code[..3], &code[3..]);
    done(&from_server(&server, "login/code", json!({"token": pending["token"], "code": typed})).await);

    browser.submit("/password/forgot", &[("username", "\u{200e}ADA@example.com ")]).await;
    let sent = format!(" {}\u{200b}\n", server.mailed_token(RESET).await);
    let body = json!({"token": sent, "password": "another-tr0mbone"});
    done(&from_server(&server, "password/reset", body).await);
}

/// What a browser's own check of addresses refuses, and what it takes that servers often refuse.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_server_alone_judges_addresses(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let page = server.browser().get("/signup").await;
    assert!(page.text.contains("inputmode=\"email\"") && !page.text.contains("type=\"email\""), "{}", page.text);
    for (username, address) in [("j", "jörg@example.com"), ("d", "ann/dept=x@example.com"), ("p", "50%off@example.com")]
    {
        let fields = [("username", username), ("email", address), ("password", PASSWORD)];
        token(&server.browser().submit("/signup", &fields).await);
        assert_eq!(server.get(&format!("users/{username}")).await.json(200)["email"], address);
        token(&log_in(&server.browser(), "/login", address, PASSWORD).await);
    }
}
