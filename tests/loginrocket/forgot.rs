//! `/password/forgot`: the mail goes to the account's owner, the page tells nothing.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{RESET, events, forget, read, set_app, set_login_rocket, set_passwords, tells_of_ada};
use crate::support::{Engine, TestServer};

const MINUTE_MS: i64 = 60_000;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_owner_gets_a_mail_by_name_or_by_address(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let browser = server.browser();
    let page = browser.get("/password/forgot").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("name=\"username\"") && page.text.contains("autocomplete=\"username\""),
        "{}",
        page.text
    );
    for (nth, name) in ["ada", " ADA ", "ada@example.com", "Ada@Example.COM"].into_iter().enumerate() {
        let told = forget(&browser, "/password/forgot", name).await;
        assert_eq!(told.status, 200, "{}", told.text);
        assert!(told.text.contains("If there is an account"), "{}", told.text);
        assert!(!tells_of_ada(&told), "nothing of what was typed: {}", told.text);
        assert_eq!(events(&server, RESET).await, nth + 1, "{name}");
        let mail = server.mailed(RESET).await.expect("a mail");
        assert_eq!((mail.to.as_str(), mail.text.contains("for ada at")), ("ada@example.com", true), "{}", mail.text);
        assert!(mail.token.is_some_and(|token| token.starts_with("kpw_")));
    }
    let event = server.get(&format!("events?event_type={RESET}")).await.json(200)["collection"][0].clone();
    assert_eq!(event["user_id"], user["id"]);
    assert_eq!((&event["request"]["ip"], &event["request"]["client"]), (&json!("127.0.0.1"), &json!("Test browser")));
    assert_eq!(events(&server, "user.password_token.failed").await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_mail_leads_back_to_where_it_was_asked_for(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    for (query, expected) in [
        ("", None),
        ("?redirect_uri=https%3A%2F%2Fother.example%2Fcb%2Fdeep", Some("https://other.example/cb/deep")),
        ("?redirect_uri=https%3A%2F%2Fevil.test%2Fcb", None),
    ] {
        let told = forget(&server.browser(), &format!("/password/forgot{query}"), "ada").await;
        assert_eq!(told.status, 200);
        let mail = server.mailed(RESET).await.expect("a mail");
        assert_eq!(mail.redirect_uri.as_deref(), expected, "{query}");
    }
    // A server that asks for a token has no page to lead back to.
    server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let mail = server.mailed(RESET).await.expect("a mail");
    assert_eq!(mail.redirect_uri, None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_cannot_log_in_by_password_gets_none(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("asleep").await;
    server.put("users/asleep", json!({"user": {"state": "inactive"}})).await.json(200);
    let robot = json!({"user": {"user_type": "api", "username": "robot", "email": "robot@example.com"}});
    server.post("users", robot).await.json(201);
    let names = ["nobody", "asleep", "asleep@example.com", "robot", "robot@example.com", "", " ", "a\0b", "no@where@x"];
    for (nth, name) in names.into_iter().enumerate() {
        let told = forget(&server.browser(), "/password/forgot", name).await;
        assert_eq!(told.status, 200, "{name:?}");
        assert_eq!(events(&server, "user.password_token.failed").await, nth + 1, "{name:?}");
    }
    assert_eq!(events(&server, RESET).await, 0);
    let list = server.get("events?event_type=user.password_token.failed").await.json(200);
    for event in list["collection"].as_array().expect("a list") {
        assert_eq!(event["user_id"], json!(null), "no mail hangs on it");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inbox_gets_five_mails_an_hour_and_the_page_says_nothing_of_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for nth in 0..10 {
        let name = if nth % 2 == 0 { "ada" } else { "ada@example.com" };
        assert_eq!(forget(&browser, "/password/forgot", name).await.status, 200, "{nth}");
    }
    assert_eq!(events(&server, RESET).await, 5);
    assert_eq!(events(&server, "user.password_token.failed").await, 5);
    server.clock.advance(12 * MINUTE_MS);
    forget(&browser, "/password/forgot", "ada").await;
    forget(&browser, "/password/forgot", "ada").await;
    assert_eq!(events(&server, RESET).await, 6);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_asks_twenty_times_an_hour_whoever_is_meant(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for nth in 0..20 {
        assert_eq!(forget(&browser, "/password/forgot", &format!("nobody{nth}")).await.status, 200);
    }
    for name in ["ada", "nobody"] {
        let refused = forget(&browser, "/password/forgot", name).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "180"), "{name}");
    }
    assert_eq!(events(&server, RESET).await, 0);
    server.clock.advance(3 * MINUTE_MS);
    assert_eq!(forget(&browser, "/password/forgot", "ada").await.status, 200);
    assert_eq!(events(&server, RESET).await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_an_address_is_shared_each_account_gets_its_own_mail(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let shared = json!({"realm": {"require_unique_emails": false}});
    server.put(&format!("realms/{}", server.realm()), shared).await.json(200);
    for username in ["one", "two"] {
        server.user(username).await;
        server.put(&format!("users/{username}"), json!({"user": {"email": "both@example.com"}})).await.json(200);
    }
    forget(&server.browser(), "/password/forgot", "both@example.com").await;
    let list = server.get(&format!("events?event_type={RESET}")).await.json(200);
    let list = list["collection"].as_array().expect("a list");
    assert_eq!(list.len(), 2);
    assert_ne!(list[0]["user_id"], list[1]["user_id"]);
    forget(&server.browser(), "/password/forgot", "one").await;
    assert_eq!(events(&server, RESET).await, 3);
    assert!(server.mailed(RESET).await.expect("a mail").text.contains("for one at"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_login_page_leads_there_and_back_with_what_it_was_given(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let query = "redir=%2Fx&redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    let browser = server.browser();
    let login = read(&browser.get(&format!("/login?{query}")).await.text);
    assert!(login.contains(&format!("href=\"/password/forgot?{query}\"")), "{login}");
    let path = format!("/password/forgot?{query}");
    let page = read(&browser.get(&path).await.text);
    for place in [format!("action=\"{path}\""), format!("href=\"/login?{query}\"")] {
        assert!(page.contains(&place), "{place} in {page}");
    }
    let told = read(&forget(&browser, &path, "ada").await.text);
    assert!(told.contains(&format!("href=\"/login?{query}\"")), "{told}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_passwords_there_is_no_page_and_no_link(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let open = browser.get("/password/forgot").await;
    set_passwords(&server, "inactive").await;
    assert!(!read(&browser.get("/login").await.text).contains("href=\"/password/forgot"));
    for path in ["/password/forgot", "/password/reset?token=kpw_1", "/password/reset"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    let ada = [("username", "ada")];
    assert_eq!(browser.submit_from(&open, "/password/forgot", &ada).await.status, 404);
    let token = [("token", "kpw_1"), ("password", "another-fine-day")];
    assert_eq!(browser.submit_from(&open, "/password/reset", &token).await.status, 404);

    set_passwords(&server, "active").await;
    set_login_rocket(&server, &json!({"login": "js"}), "active").await;
    assert_eq!(browser.get("/password/forgot").await.status, 404);
    assert_eq!(browser.submit_from(&open, "/password/forgot", &ada).await.status, 404);
    assert_eq!(events(&server, RESET).await, 0);
    // Nor does a form that has expired lead to a login that is not there.
    let expired = server.browser().send(Method::POST, "/signup", &[], &[]).await;
    assert_eq!(expired.status, 403);
    assert!(!read(&expired.text).contains("href=\"/login"), "{}", expired.text);
}
