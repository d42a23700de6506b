//! `/login`: the form, a finished login, a refused one.

use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, csrf, events, location, log_in, param, set_app, set_login_rocket, token};
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_ends_at_the_handler_with_a_token_that_the_api_knows(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let browser = server.browser();
    let page = browser.get("/login").await;
    assert_eq!(page.status, 200);
    for part in ["name=\"username\"", "name=\"password\"", "type=\"password\"", "method=\"post\""] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }

    let done = log_in(&browser, "/login", "ada", PASSWORD).await;
    let to = location(&done);
    assert!(to.as_str().starts_with("https://app.example.com/login?token="), "{to}");
    assert_eq!(param(&to, "signup"), None);
    assert_eq!(param(&to, "redir"), None);
    let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
    assert_eq!(session["user_id"], user["id"]);
    assert_eq!(session["request"]["ip"], "127.0.0.1");
    assert_eq!(session["request"]["client"], "Test browser");
    assert_eq!(events(&server, "user.login.succeeded").await, 1);
    assert!(browser.cookies().contains_key("gantry_session"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_username_may_be_typed_in_any_case_and_with_blanks_around(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let done = log_in(&server.browser(), "/login", "  ADA ", PASSWORD).await;
    assert!(param(&location(&done), "token").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn characters_that_no_name_has_are_a_wrong_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for name in ["a\0b", "\0", "ada\0", "\u{1b}ada", "ad\u{2028}a", "\u{fffd}"] {
        let refused = log_in(&browser, "/login?redir=a%00b&redirect_uri=%00", name, PASSWORD).await;
        assert!((200..500).contains(&refused.status) && refused.text.contains("role=\"alert\""), "{}", refused.text);
    }
    let done = log_in(&browser, "/login?redir=a%00b&redirect_uri=%00", "ada", PASSWORD).await;
    assert!(param(&location(&done), "token").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_login_keeps_the_name_and_never_the_password(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let refused = log_in(&browser, "/login?redir=%2Fin%2Fapp", "a\"><b>da", "wrong-but-long-enough").await;
    assert_eq!(refused.header("location"), "");
    assert!(refused.text.contains("role=\"alert\""), "{}", refused.text);
    assert!(!refused.text.contains("wrong-but-long-enough"), "{}", refused.text);
    assert!(!refused.text.contains("<b>da"), "what was typed is escaped");
    assert!(refused.text.contains("redir=%2Fin%2Fapp"), "a second try still knows where to go");
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(events(&server, "user.login.failed").await, 1);

    let refused = log_in(&browser, "/login", "ada", "wrong-but-long-enough").await;
    assert!(refused.text.contains("value=\"ada\""), "{}", refused.text);
    // A second try from there works, without the first one's traces.
    assert!(param(&location(&log_in(&browser, "/login", "ada", PASSWORD).await), "token").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_form_works_for_emails_as_usernames(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let email = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), email).await.json(200);
    let user = json!({"user": {
        "user_type": "human", "username": "Ada@Example.com", "email": "ada@example.com", "password": PASSWORD,
    }});
    server.post("users", user).await.json(201);
    let page = server.browser().get("/login").await;
    // The server alone judges addresses; the browser only shows the keyboard for them.
    assert!(page.text.contains("inputmode=\"email\"") && !page.text.contains("type=\"email\""), "{}", page.text);
    let done = log_in(&server.browser(), "/login", "ADA@example.com", PASSWORD).await;
    assert!(param(&location(&done), "token").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn logins_that_are_off_have_no_page_and_take_no_form(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for (setting, status) in [("off", 404), ("js", 404), ("hosted", 200), ("both", 200)] {
        let browser = server.browser();
        set_login_rocket(&server, &json!({}), "active").await;
        browser.get("/login").await;
        set_login_rocket(&server, &json!({"login": setting}), "active").await;
        assert_eq!(browser.get("/login").await.status, status, "{setting}");
        set_login_rocket(&server, &json!({}), "active").await;
        let csrf = csrf(&browser.get("/login").await);
        set_login_rocket(&server, &json!({"login": setting}), "active").await;
        let fields = [("csrf", csrf.as_str()), ("username", "ada"), ("password", PASSWORD)];
        let done = browser.send(reqwest::Method::POST, "/login", &fields, &[]).await;
        assert_eq!(done.status, if status == 200 { 302 } else { 404 }, "{setting}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unmanaged_sessions_are_not_remembered(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let unmanaged = json!({"realm": {"session_type": "unmanaged"}});
    server.put(&format!("realms/{}", server.realm()), unmanaged).await.json(200);
    let browser = server.browser();
    let done = log_in(&browser, "/login", "ada", PASSWORD).await;
    let token = token(&done);
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_handlers_own_query_is_kept_and_its_token_is_not(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"login_handler": "https://app.example.com/in?a=1&token=mine&b=c%20d"})).await;
    let done = log_in(&server.browser(), "/login", "ada", PASSWORD).await;
    let to = location(&done);
    assert_eq!(param(&to, "a").as_deref(), Some("1"));
    assert_eq!(param(&to, "b").as_deref(), Some("c d"));
    assert_ne!(param(&to, "token").as_deref(), Some("mine"));
    assert!(to.query().expect("a query").starts_with("a=1&b=c%20d&token="), "{to}");
}
