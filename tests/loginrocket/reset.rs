//! `/password/reset`: the link of a reset mail, followed.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{
    PASSWORD, RESET, events, forget, hidden, location, log_in, param, read, set_app, set_login_rocket, token,
};
use crate::support::{Answer, Browser, Engine, TestServer};

const NEW: &str = "another-fine-day-99";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The path of a fresh link for ada.
async fn link(server: &TestServer) -> String {
    forget(&server.browser(), "/password/forgot", "ada").await;
    format!("/password/reset?token={}", server.mailed_token(RESET).await)
}

/// Follows the link and sends its form, as a browser would.
async fn set_password(browser: &Browser, link: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(link).await;
    if page.status == 422 {
        return page; // A dead link has no form.
    }
    let token = hidden(&page, "token");
    let fields: Vec<_> = fields.iter().copied().chain([("token", token.as_str())]).collect();
    let query = link.split_once('&').map_or(String::new(), |(_, rest)| format!("?{rest}"));
    browser.submit_from(&page, &format!("/password/reset{query}"), &fields).await
}

#[track_caller]
fn is_unusable(answer: &Answer) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("This link cannot be used"), "{}", answer.text);
    assert!(read(&answer.text).contains("href=\"/password/forgot"), "{}", answer.text);
    assert!(!answer.text.contains("kpw_"), "{}", answer.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_forgotten_password_is_replaced_and_every_session_ends(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let session = token(&log_in(&server.browser(), "/login", "ada", PASSWORD).await);
    let link = link(&server).await;

    let browser = server.browser();
    // Nobody keeps sessions through a mail.
    let done = set_password(&browser, &link, &[("password", NEW), ("keep_sessions", "true")]).await;
    assert_eq!((done.status, done.header("location")), (302, "/login?notice=password"));
    assert!(!browser.cookies().contains_key("gantry_session"), "a mail alone logs nobody in");
    let login = browser.get(done.header("location")).await;
    assert!(
        login.text.contains("Your password was changed") && login.text.contains("role=\"status\""),
        "{}",
        login.text
    );
    assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404);
    assert_eq!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 422);
    token(&log_in(&browser, "/login", "ada", NEW).await);
    assert_eq!(events(&server, "user.password_token.consumed").await, 1);

    is_unusable(&set_password(&browser, &link, &[("password", "yet-another-day-7")]).await);
    token(&log_in(&browser, "/login", "ada", NEW).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn opening_the_link_spends_nothing_and_tells_whose_it_is(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let link = link(&server).await;
    let kpw = link.split_once('=').expect("a token").1;
    for _ in 0..3 {
        let page = server.browser().get(&link).await;
        assert_eq!(page.status, 200);
        // Password managers keep the new password under the name that is shown.
        let own = "type=\"text\" value=\"ada\" autocomplete=\"username\" readonly";
        assert!(page.text.contains(own) && !page.text.contains("Lovelace"), "{}", page.text);
        assert_eq!(page.text.matches(kpw).count(), 1, "in the form's field only: {}", page.text);
        assert_eq!(hidden(&page, "token"), kpw);
        let title = page.text.split_once("<title>").expect("a title").1.split("</title>").next().expect("its end");
        assert!(!title.contains("kpw_"), "{title}");
        assert_eq!(page.header("referrer-policy"), "strict-origin", "not even our own assets are told the address");
        assert!(page.text.contains("autocomplete=\"new-password\"") && page.text.contains("At least 8 characters."));
        assert_eq!(server.browser().send(Method::HEAD, &link, &[], &[]).await.status, 200);
    }
    // No address gives the page another name.
    let named = server.browser().get(&format!("{link}&username=eve")).await;
    assert!(named.text.contains("value=\"ada\"") && !named.text.contains("\"eve\""), "{}", named.text);
    is_unusable(&server.browser().get("/password/reset?token=kpw_nothing").await);
    is_unusable(&server.browser().get("/password/reset").await);
    is_unusable(&server.browser().get("/password/reset?token=").await);
    assert_eq!(set_password(&server.browser(), &link, &[("password", NEW)]).await.status, 302);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_that_breaks_a_rule_leaves_the_link_usable(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_login_rocket(&server, &json!({"password_field": "confirm"}), "active").await;
    let (browser, link) = (server.browser(), link(&server).await);
    assert!(browser.get(&link).await.text.contains("name=\"password_confirmation\""));
    for (fields, place) in [
        (vec![("password", "sh0rt!?"), ("password_confirmation", "sh0rt!?")], "password"),
        (vec![("password", "")], "password"),
        (vec![("password", NEW)], "password_confirmation"),
        (vec![("password", NEW), ("password_confirmation", "another-fine-day-98")], "password_confirmation"),
    ] {
        let refused = set_password(&browser, &link, &fields).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains(&format!("id=\"{place}-error\"")), "{place}: {}", refused.text);
        assert!(!refused.text.contains("sh0rt!?") && !refused.text.contains(NEW), "never the password");
        // The page that comes back works as well.
        assert_eq!(format!("/password/reset?token={}", hidden(&refused, "token")), link);
    }
    let fields = [("password", NEW), ("password_confirmation", NEW)];
    assert_eq!(set_password(&browser, &link, &fields).await.status, 302);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn old_links_do_not_work(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let first = link(&server).await;
    let second = link(&server).await;
    is_unusable(&set_password(&browser, &first, &[("password", NEW)]).await);
    server.clock.advance(DAY_MS - 1);
    assert_eq!(set_password(&browser, &second, &[("password", "short")]).await.status, 422);
    server.clock.advance(1);
    is_unusable(&set_password(&browser, &second, &[("password", NEW)]).await);

    let asleep = link(&server).await;
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    is_unusable(&set_password(&browser, &asleep, &[("password", NEW)]).await);
    server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    is_unusable(&set_password(&browser, &asleep, &[("password", NEW)]).await);

    let moved = link(&server).await;
    server.put("users/ada", json!({"user": {"email": "elsewhere@example.com"}})).await.json(200);
    is_unusable(&set_password(&browser, &moved, &[("password", NEW)]).await);
    token(&log_in(&browser, "/login", "ada", PASSWORD).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_the_link_carries_is_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let browser = server.browser();
    let plain = link(&server).await;
    let whole = format!("{plain}&username=a%22%3E%3Cb%3Eda&redirect_uri=https%3A%2F%2Fother.example%2Fcb");
    let page = browser.get(&whole).await;
    assert!(page.text.contains("value=\"ada\"") && page.text.contains("readonly"), "{}", page.text);
    assert!(!page.text.contains("<b>da") && !page.text.contains("a&quot;"), "{}", page.text);
    let action = "/password/reset?redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    assert!(read(&page.text).contains(&format!("action=\"{action}&form=")), "{}", page.text);

    let sent = [("token", &*hidden(&page, "token")), ("username", "whoever"), ("password", "short")];
    let refused = browser.submit_from(&page, action, &sent).await;
    assert!(refused.text.contains("value=\"ada\"") && !refused.text.contains("whoever"), "{}", refused.text);
    let sent = [("token", &*hidden(&page, "token")), ("username", "whoever"), ("password", NEW)];
    let done = browser.submit_from(&page, action, &sent).await;
    let login = done.header("location");
    assert_eq!(login, "/login?redirect_uri=https%3A%2F%2Fother.example%2Fcb&notice=password");
    let to = location(&log_in(&browser, login, "ada", NEW).await);
    assert!(to.as_str().starts_with("https://other.example/cb?token="), "{to}");
    assert_eq!(param(&to, "notice"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_the_host_has_no_logins_the_way_leads_to_the_app(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let link = link(&server).await;
    set_login_rocket(&server, &json!({"login": "js"}), "active").await;
    let done = set_password(&server.browser(), &link, &[("password", NEW)]).await;
    assert_eq!(done.status, 200);
    let text = read(&done.text);
    assert!(text.contains("Your password was changed"), "{text}");
    assert!(text.contains("href=\"https://app.example.com/login\""), "{text}");
}

/// A notice is one of ours, whatever the address says.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_says_no_words_of_its_own(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for notice in ["Call+555-0100", "", "PASSWORD", "password%00"] {
        let login = server.browser().get(&format!("/login?notice={notice}")).await;
        assert!(!login.text.contains("role=\"status\"><p>") && !login.text.contains("555-0100"), "{}", login.text);
    }
}
