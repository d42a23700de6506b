//! `/email/verify`: the link of a verification mail, followed.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, VERIFICATION, events, hidden, log_in, read, set_login_rocket, tells_of_ada, token};
use crate::support::{Answer, Browser, Engine, TestServer};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The path of a fresh link for ada.
async fn link(server: &TestServer) -> String {
    server.post("users/ada/request_email_verification", json!({})).await.json(200);
    format!("/email/verify?token={}", server.mailed_token(VERIFICATION).await)
}

async fn confirm(browser: &Browser, link: &str) -> Answer {
    let page = browser.get(link).await;
    if !page.text.contains("<form") {
        return page; // A link that does not work, or has worked, has no form.
    }
    let query = link.split_once('&').map_or(String::new(), |(_, rest)| format!("?{rest}"));
    browser.submit_from(&page, &format!("/email/verify{query}"), &[("token", &hidden(&page, "token"))]).await
}

async fn state(server: &TestServer) -> String {
    let user = server.get("users/ada").await.json(200);
    user["email_verification"].as_str().expect("a word").to_owned()
}

#[track_caller]
fn is_unusable(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("This link cannot be used"), "{}", answer.text);
    assert!(!answer.text.contains("kev_"), "{}", answer.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn opening_the_link_asks_and_one_click_confirms(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let link = link(&server).await;
    let browser = server.browser();
    for _ in 0..3 {
        let page = browser.get(&link).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("<button class=\"primary\" type=\"submit\""), "{}", page.text);
        assert!(!tells_of_ada(&page), "neither whose nor which");
        assert_eq!(page.text.matches("kev_").count(), 1, "in the form's field only: {}", page.text);
        assert_eq!(page.header("referrer-policy"), "strict-origin");
        assert_eq!(browser.send(Method::HEAD, &link, &[], &[]).await.status, 200);
    }
    assert_eq!(state(&server).await, "requested");
    assert_eq!(events(&server, "user.email.verified").await, 0);

    let done = confirm(&browser, &link).await;
    assert_eq!((done.status, done.header("location")), (302, "/login?notice=email"));
    assert_eq!(state(&server).await, "verified");
    assert_eq!(events(&server, "user.email.verified").await, 1);
    assert!(browser.get("/login?notice=email").await.text.contains("Your email address is confirmed"));
    assert!(!browser.cookies().contains_key("gantry_session"));
    // The link has worked, and says so, as does a form of it that is still open.
    let again = browser.get(&link).await;
    assert!(again.status == 200 && again.text.contains("Your email address is confirmed"), "{}", again.text);
    let kev = link.split_once('=').expect("a token").1;
    let late = browser.submit_from(&browser.get("/login").await, "/email/verify", &[("token", kev)]).await;
    assert_eq!((late.status, late.header("location")), (302, "/login?notice=email"));
    assert_eq!(events(&server, "user.email.verified").await, 1);
    token(&log_in(&browser, "/login", "ada", PASSWORD).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_used_link_of_an_address_that_has_changed_since_does_not_work(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let (browser, used) = (server.browser(), link(&server).await);
    assert_eq!(confirm(&browser, &used).await.status, 302);
    server.put("users/ada", json!({"user": {"email": "elsewhere@example.com"}})).await.json(200);
    is_unusable(&browser.get(&used).await);
    server
        .put("users/ada", json!({"user": {"email": "ada@example.com", "email_verification": "none"}}))
        .await
        .json(200);
    is_unusable(&browser.get(&used).await);
    let proven = link(&server).await;
    assert_eq!(confirm(&browser, &proven).await.status, 302);
    server.clock.advance(7 * DAY_MS);
    is_unusable(&browser.get(&proven).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn old_links_and_those_of_another_address_do_not_work(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for nothing in ["/email/verify", "/email/verify?token="] {
        is_unusable(&browser.get(nothing).await);
    }
    is_unusable(&confirm(&browser, "/email/verify?token=kev_nothing").await);

    let old = link(&server).await;
    server.clock.advance(7 * DAY_MS);
    is_unusable(&confirm(&browser, &old).await);

    let before = link(&server).await;
    server.put("users/ada", json!({"user": {"email": "elsewhere@example.com"}})).await.json(200);
    is_unusable(&confirm(&browser, &before).await);
    assert_eq!(state(&server).await, "requested");
    let now = link(&server).await;
    assert_eq!(server.mailed(VERIFICATION).await.expect("a mail").to, "elsewhere@example.com");
    assert_eq!(confirm(&browser, &now).await.status, 302);
    assert_eq!(state(&server).await, "verified");
}

/// The address changes together with the request, as apps do it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_changed_address_is_proven_by_the_mail_to_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let change = json!({"user": {"email": "new@example.com", "email_verification": "requested"}});
    server.put("users/ada", change).await.json(200);
    let mail = server.mailed(VERIFICATION).await.expect("a mail");
    assert_eq!(mail.to, "new@example.com");
    let link = format!("/email/verify?token={}", mail.token.expect("a token"));
    assert_eq!(confirm(&server.browser(), &link).await.status, 302);
    assert_eq!(state(&server).await, "verified");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_realms_settings_say_whether_there_is_a_page_and_where_it_leads(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let link = link(&server).await;
    let browser = server.browser();
    let page = browser.get(&link).await;
    set_login_rocket(&server, &json!({"verify": false}), "active").await;
    assert_eq!(browser.get(&link).await.status, 404);
    let sent = [("token", &*hidden(&page, "token"))];
    assert_eq!(browser.submit_from(&page, "/email/verify", &sent).await.status, 404);
    assert_eq!(state(&server).await, "requested");

    set_login_rocket(&server, &json!({}), "active").await;
    assert!(!browser.get("/email/verify").await.text.contains("log in: if"), "a login there asks for no mail");
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    assert!(browser.get("/email/verify").await.text.contains("log in: if your address still needs to be confirmed"));

    set_login_rocket(&server, &json!({"login": "off"}), "active").await;
    let done = confirm(&browser, &link).await;
    assert_eq!(done.status, 200);
    let text = read(&done.text);
    assert!(text.contains("is confirmed") && text.contains("href=\"https://app.example.com/login\""), "{text}");
}
