//! LoginRocket's `email_verification`: asked for at signup, or needed before the first login.

use rstest::rstest;
use serde_json::json;

use super::visit::{
    PASSWORD, RESET, VERIFICATION, events, hidden, location, log_in, param, set_app, set_login_rocket, token,
};
use crate::api::two_factor;
use crate::support::{Answer, Browser, Engine, TestServer};

const GRACE: [(&str, &str); 3] = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];

async fn server(engine: Engine, email_verification: &str) -> TestServer {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"email_verification": email_verification}), "active").await;
    server
}

async fn verification(server: &TestServer, user: &str) -> String {
    let user = server.get(&format!("users/{user}")).await.json(200);
    user["email_verification"].as_str().expect("a word").to_owned()
}

async fn confirm(server: &TestServer, browser: &Browser) {
    let page = browser.get(&format!("/email/verify?token={}", server.mailed_token(VERIFICATION).await)).await;
    let done = browser.submit_from(&page, "/email/verify", &[("token", &hidden(&page, "token"))]).await;
    assert_eq!((done.status, done.header("location")), (302, "/login?notice=email"), "{}", done.text);
}

async fn send_again(browser: &Browser, page: &Answer) -> Answer {
    browser.submit_from(page, "/email/request", &[("token", &hidden(page, "token"))]).await
}

#[track_caller]
fn comes_first(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.text.contains("<h1>Confirm your email address first</h1>"), "{}", answer.text);
    assert_eq!(answer.header("location"), "");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_it_is_asked_for_a_signup_logs_in_and_gets_a_mail(#[case] engine: Engine) {
    let server = server(engine, "request").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let browser = server.browser();
    let done = browser.submit("/signup?redirect_uri=https%3A%2F%2Fother.example%2Fcb", &GRACE).await;
    assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"));
    assert!(browser.cookies().contains_key("gantry_session"));
    assert_eq!(verification(&server, "grace").await, "requested");
    let mail = server.mailed(VERIFICATION).await.expect("a mail");
    assert_eq!(mail.to, "grace@example.com");
    assert_eq!(mail.redirect_uri.as_deref(), Some("https://other.example/cb"));
    token(&log_in(&server.browser(), "/login", "grace", PASSWORD).await);
    confirm(&server, &browser).await;
    assert_eq!(verification(&server, "grace").await, "verified");
    // A taken address is told here.
    let taken = [("username", "other"), ("email", "grace@example.com"), ("password", PASSWORD)];
    assert!(server.browser().submit("/signup", &taken).await.text.contains("id=\"email-error\""));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_it_is_needed_a_signup_logs_nobody_in_before_the_mail(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    let browser = server.browser();
    let told = browser.submit("/signup", &GRACE).await;
    assert_eq!((told.status, told.header("location")), (200, ""));
    assert!(told.text.contains("We have sent an email to grace@example.com"), "{}", told.text);
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(events(&server, "user.created").await, 1);
    assert_eq!(events(&server, VERIFICATION).await, 1);
    assert_eq!(verification(&server, "grace").await, "requested");

    comes_first(&log_in(&browser, "/login", "grace", PASSWORD).await);
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
    assert_eq!(events(&server, "user.login.initiated").await, 1);
    // An app that logs people in itself decides by itself.
    server.authenticate("grace").await;

    confirm(&server, &browser).await;
    token(&log_in(&browser, "/login", "grace", PASSWORD).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_mail_is_sent_again_to_who_knows_the_password(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    let ada = server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let browser = server.browser();
    let query = "redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    let page = log_in(&browser, &format!("/login?{query}"), "ada", PASSWORD).await;
    comes_first(&page);
    assert_eq!(events(&server, VERIFICATION).await, 1, "nobody had asked for one before");
    assert!(page.text.contains("We have sent an email"), "{}", page.text);
    let first = server.mailed(VERIFICATION).await.expect("a mail");
    assert_eq!(first.redirect_uri.as_deref(), Some("https://other.example/cb"));
    let fields = [("token", &*hidden(&page, "token"))];
    let told = browser.submit_from(&page, &format!("/email/request?{query}"), &fields).await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("We have sent the email again"), "{}", told.text);
    let mail = server.mailed(VERIFICATION).await.expect("a mail");
    assert_eq!((&json!(mail.user_id), mail.to.as_str()), (&ada["id"], "ada@example.com"));
    assert_eq!(mail.redirect_uri.as_deref(), Some("https://other.example/cb"));
    assert_eq!(verification(&server, "ada").await, "requested");

    // The page works once, and for half an hour.
    assert_eq!(send_again(&browser, &page).await.status, 422);
    let page = log_in(&browser, "/login", "ada", PASSWORD).await;
    server.clock.advance(30 * 60_000);
    assert_eq!(send_again(&browser, &page).await.status, 422);
    assert_eq!(events(&server, VERIFICATION).await, 2);

    // Whoever has confirmed meanwhile is told so.
    let page = log_in(&browser, "/login", "ada", PASSWORD).await;
    confirm(&server, &browser).await;
    let done = send_again(&browser, &page).await;
    assert_eq!((done.status, done.header("location")), (302, "/login?notice=email"));
    assert_eq!(verification(&server, "ada").await, "verified");
    assert_eq!(events(&server, VERIFICATION).await, 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_not_sent_without_a_right_password_nor_without_end(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    server.user("ada").await;
    let browser = server.browser();
    let wrong = log_in(&browser, "/login", "ada", "wrong-but-long-enough").await;
    assert_eq!(wrong.status, 422);
    assert!(!wrong.text.contains("krs_") && !wrong.text.contains("onfirm"), "{}", wrong.text);
    for made_up in ["", "krs_nothing", "ada", "ada@example.com"] {
        let refused = browser.submit_from(&wrong, "/email/request", &[("token", made_up), ("username", "ada")]).await;
        assert_eq!(refused.status, 422, "{made_up}");
    }
    assert_eq!(browser.get("/email/request").await.header("location"), "/login");
    assert_eq!(events(&server, VERIFICATION).await, 0);

    // The first is sent by the login itself.
    for _ in 0..4 {
        let page = log_in(&browser, "/login", "ada", PASSWORD).await;
        assert_eq!(send_again(&browser, &page).await.status, 200);
    }
    let page = log_in(&browser, "/login", "ada", PASSWORD).await;
    assert_eq!(send_again(&browser, &page).await.status, 429);
    // Resets go to the same inbox.
    browser.submit("/password/forgot", &[("username", "ada")]).await;
    assert_eq!((events(&server, VERIFICATION).await, events(&server, RESET).await), (5, 0));
    server.clock.advance(12 * 60_000);
    assert_eq!(send_again(&browser, &page).await.status, 200, "the refused try spent nothing");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_second_factor_is_no_way_around_it(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    let device = two_factor::enrolled(&server).await;
    comes_first(&log_in(&server.browser(), "/login", "ada", PASSWORD).await);
    // A pending login that the API made, finished on the pages.
    let browser = server.browser();
    let pending = two_factor::first_step(&server).await;
    let code = two_factor::code(&device.secret, server.clock.now_ms());
    let fields = [("token", pending.as_str()), ("code", code.as_str())];
    let page = browser.get("/login").await;
    let refused = browser.submit_from(&page, "/login/code", &fields).await;
    assert_eq!((refused.status, refused.header("location")), (422, ""));
    assert!(!browser.cookies().contains_key("gantry_session"));
    set_login_rocket(&server, &json!({}), "active").await;
    let page = browser.get("/login").await;
    token(&browser.submit_from(&page, "/login/code", &fields).await);
}

/// A realm that required nothing before has users whom nobody has sent a mail.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_was_never_sent_the_mail_is_sent_it_within_the_limits(#[case] engine: Engine) {
    let server = server(engine, "none").await;
    server.user("ada").await;
    token(&log_in(&server.browser(), "/login", "ada", PASSWORD).await);
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let says = async |expected: &str, mails: usize| {
        let page = log_in(&server.browser(), "/login", "ada", PASSWORD).await;
        comes_first(&page);
        assert!(page.text.contains(expected), "{}", page.text);
        assert_eq!(events(&server, VERIFICATION).await, mails, "{expected}");
        page
    };
    says("We have sent an email to the address of your account", 1).await;
    says("We have sent an email to the address of your account", 1).await;
    // A link that has run out is none.
    server.clock.advance(7 * 24 * 60 * 60_000);
    says("We have sent an email to the address of your account", 2).await;
    // Nor is one to another address.
    server.put("users/ada", json!({"user": {"email": "new@example.com"}})).await.json(200);
    says("We have sent an email to the address of your account", 3).await;
    assert_eq!(server.mailed(VERIFICATION).await.expect("a mail").to, "new@example.com");
    // An inbox that had too many is told nothing that is not so.
    server.clock.advance(7 * 24 * 60 * 60_000);
    for _ in 0..5 {
        server.browser().submit("/password/forgot", &[("username", "ada")]).await;
    }
    let page = says("We can send you an email for that", 3).await;
    server.clock.advance(15 * 60_000);
    assert_eq!(send_again(&server.browser(), &page).await.status, 403, "a form is its browser's own");
    let browser = server.browser();
    let page = log_in(&browser, "/login", "ada", PASSWORD).await;
    assert!(page.text.contains("We have sent an email"), "{}", page.text);
    confirm(&server, &browser).await;
    token(&log_in(&browser, "/login", "ada", PASSWORD).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_taken_address_is_told_to_its_owner_only(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    let ada = server.user("ada").await;
    let taken = [("username", "grace"), ("email", "ADA@example.com"), ("password", PASSWORD)];
    let told = server.browser().submit("/signup", &taken).await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("We have sent an email to ada@example.com"), "{}", told.text);
    assert_eq!(events(&server, "user.created").await, 1, "only ada");
    assert_eq!(events(&server, VERIFICATION).await, 0);
    let mail = server.mailed(RESET).await.expect("a mail");
    assert_eq!((json!(mail.user_id), mail.to.as_str()), (ada["id"].clone(), "ada@example.com"));

    // The same for a name that is an address; a plain name has no inbox to tell it to.
    let crossed = [("username", "ada@example.com"), ("email", "eve@example.com"), ("password", PASSWORD)];
    let told = server.browser().submit("/signup", &crossed).await;
    assert!(told.text.contains("We have sent an email to eve@example.com"), "{}", told.text);
    assert_eq!(events(&server, RESET).await, 2);
    let plain = [("username", "ADA"), ("email", "ada@example.com"), ("password", PASSWORD)];
    let refused = server.browser().submit("/signup", &plain).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("id=\"username-error\"") && !refused.text.contains("id=\"email-error\""));
    assert_eq!(events(&server, RESET).await, 2);

    // Nor does the owner's inbox fill up.
    for _ in 0..6 {
        assert_eq!(server.browser().submit("/signup", &taken).await.status, 200);
    }
    assert_eq!(events(&server, RESET).await, 5);
    assert_eq!(events(&server, "user.created").await, 1);
    server.authenticate("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_emails_are_usernames_a_taken_one_is_no_different(#[case] engine: Engine) {
    let server = server(engine, "require").await;
    let email = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), email).await.json(200);
    for _ in 0..2 {
        let told = server.browser().submit("/signup", &[("email", "Grace@Example.com"), ("password", PASSWORD)]).await;
        assert_eq!(told.status, 200, "{}", told.text);
        assert!(told.text.contains("We have sent an email to grace@example.com"), "{}", told.text);
    }
    assert_eq!(events(&server, "user.created").await, 1);
    assert_eq!((events(&server, VERIFICATION).await, events(&server, RESET).await), (1, 1));
}
