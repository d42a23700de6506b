//! `/signup`: makes a user who is logged in, or says beside each field what is wrong.

use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, csrf, events, location, param, read, set_login_rocket, set_passwords, token};
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_ends_logged_in_at_the_handler(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let fields = [
        ("username", "Grace"),
        ("email", "grace@example.com"),
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("password", PASSWORD),
    ];
    let done = browser.submit("/signup?redir=%2Fwelcome", &fields).await;
    let to = location(&done);
    assert!(to.as_str().starts_with("https://app.example.com/login?"), "{to}");
    assert_eq!(param(&to, "signup").as_deref(), Some("true"));
    assert_eq!(param(&to, "redir").as_deref(), Some("/welcome"));
    let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
    assert_eq!(session["user"]["username"], "grace");
    assert_eq!(session["user"]["name"], "Grace Hopper");
    assert_eq!(session["user"]["user_type"], "human");
    assert_eq!(session["user"]["state"], "active");
    assert!(browser.cookies().contains_key("gantry_session"), "the browser is remembered");
    assert_eq!(events(&server, "user.created").await, 1);
    assert_eq!(events(&server, "user.login.succeeded").await, 1);
    server.authenticate("grace").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let fields = [
        ("username", "ada"),
        ("email", "no address"),
        ("first_name", "A\"><i>x"),
        ("last_name", "Love"),
        ("password", "sh0rt!?"),
    ];
    let refused = browser.submit("/signup", &fields).await;
    assert_eq!(refused.header("location"), "");
    for field in ["email", "password"] {
        assert!(refused.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", refused.text);
    }
    for kept in ["value=\"ada\"", "value=\"no address\"", "value=\"Love\""] {
        assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
    }
    assert!(!refused.text.contains("sh0rt!?"), "never the password");
    assert!(!refused.text.contains("<i>x"), "what was typed is escaped");
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(events(&server, "user.created").await, 1, "only ada");

    let taken = [("username", "ADA"), ("email", "other@example.com"), ("password", PASSWORD)];
    let refused = browser.submit("/signup", &taken).await;
    assert!(refused.text.contains("id=\"username-error\""), "{}", refused.text);
    assert_eq!(events(&server, "user.created").await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn names_are_asked_for_as_the_realm_wants(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let nameless = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];

    set_login_rocket(&server, &json!({"name_field": "required"}), "active").await;
    let refused = server.browser().submit("/signup", &nameless).await;
    for field in ["first_name", "last_name"] {
        assert!(refused.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", refused.text);
    }
    assert_eq!(events(&server, "user.created").await, 0);

    set_login_rocket(&server, &json!({"name_field": "hidden"}), "active").await;
    let browser = server.browser();
    assert!(!browser.get("/signup").await.text.contains("first_name"));
    let mut named = nameless.to_vec();
    named.extend([("first_name", "Sneaked"), ("last_name", "In")]);
    location(&browser.submit("/signup", &named).await);
    let user = server.get("users/grace").await.json(200);
    assert_eq!(user["first_name"], json!(null));
    assert_eq!(user["name"], "grace", "without names it is the username");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_confirmed_where_the_realm_wants_it_twice(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    assert!(!server.browser().get("/signup").await.text.contains("password_confirmation"));
    set_login_rocket(&server, &json!({"password_field": "confirm"}), "active").await;
    let browser = server.browser();
    assert!(browser.get("/signup").await.text.contains("name=\"password_confirmation\""));
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    for wrong in [None, Some(""), Some("tr0mbone-under-Glass")] {
        let mut fields = fields.to_vec();
        fields.extend(wrong.map(|wrong| ("password_confirmation", wrong)));
        let refused = browser.submit("/signup", &fields).await;
        assert!(refused.text.contains("id=\"password_confirmation-error\""), "{wrong:?}: {}", refused.text);
    }
    assert_eq!(events(&server, "user.created").await, 0);
    let mut fields = fields.to_vec();
    fields.push(("password_confirmation", PASSWORD));
    location(&browser.submit("/signup", &fields).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_emails_are_usernames_one_field_fills_both(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let email = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), email).await.json(200);
    let browser = server.browser();
    let page = browser.get("/signup").await;
    assert!(!page.text.contains("name=\"username\"") && page.text.contains("name=\"email\""), "{}", page.text);
    let done = browser.submit("/signup", &[("email", "Grace@Example.com"), ("password", PASSWORD)]).await;
    let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
    assert_eq!(session["user"]["username"], "grace@example.com");
    assert_eq!(session["user"]["email"], "grace@example.com");
    let again = browser.submit("/signup", &[("email", "GRACE@example.com"), ("password", PASSWORD)]).await;
    assert!(again.text.contains("id=\"email-error\""), "{}", again.text);
    let none = browser.submit("/signup", &[("email", "grace"), ("password", PASSWORD)]).await;
    assert!(none.text.contains("id=\"email-error\""), "{}", none.text);
    assert_eq!(events(&server, "user.created").await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_signs_up_as_more_than_a_new_active_human(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fields = [
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", PASSWORD),
        ("user_type", "api"),
        ("state", "inactive"),
        ("email_verification", "verified"),
        ("reference", "boss"),
        ("custom[admin]", "true"),
        ("realm_id", "rl_0000000000000000000000"),
        ("id", "usr_0000000000000000000000"),
        ("memberships[][permissions][]", "admin"),
    ];
    location(&server.browser().submit("/signup", &fields).await);
    let user = server.get("users/grace?expand=memberships").await.json(200);
    assert_eq!(user["user_type"], "human");
    assert_eq!(user["state"], "active");
    assert_eq!(user["email_verification"], "none");
    assert_eq!(user["reference"], json!(null));
    assert_eq!(user["custom"], json!({}));
    assert_eq!(user["realm_id"], server.realm());
    assert_ne!(user["id"], "usr_0000000000000000000000");
    assert_eq!(user["memberships"], json!([]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn signups_that_are_off_have_no_page_no_link_and_take_no_form(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    for off in [json!({"signup": "off"}), json!({"signup": "js"})] {
        set_login_rocket(&server, &off, "active").await;
        let browser = server.browser();
        let login = browser.get("/login").await;
        assert!(!read(&login.text).contains("href=\"/signup"), "{off}: {}", login.text);
        assert_eq!(browser.get("/signup").await.status, 404);
        let csrf = csrf(&login);
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        assert_eq!(browser.send(reqwest::Method::POST, "/signup", &fields, &[]).await.status, 404);
    }
    assert_eq!(events(&server, "user.created").await, 0);
}

/// Nobody would get in with the password that they chose.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_there_are_no_passwords_nobody_chooses_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let open = browser.get("/signup").await;
    set_passwords(&server, "inactive").await;
    assert!(!read(&browser.get("/login").await.text).contains("href=\"/signup"));
    assert_eq!(browser.get("/signup").await.status, 404);
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    assert_eq!(browser.submit_from(&open, "/signup", &fields).await.status, 404);
    let body = json!({"username": "grace", "email": "grace@example.com", "password": PASSWORD});
    assert_eq!(browser.json("/v1/signup", &body, &[]).await.status, 404);
    assert_eq!(events(&server, "user.created").await, 0);
}
