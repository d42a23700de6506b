//! Pages that say what went wrong belong to their app and lead on; a list of mistakes is in the order of its form; what
//! password managers ask for is there.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{read, set_login_rocket};
use crate::support::{Answer, Engine, TestServer};

#[track_caller]
fn leads_on(answer: &Answer, to: &str) {
    let text = read(&answer.text);
    assert!(text.contains("class=\"brand\"") && text.contains("<p class=\"name\">Acme</p>"), "{text}");
    assert!(text.contains(&format!("<a class=\"primary\" href=\"{to}\"")), "{text}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_of_errors_have_the_apps_brand_and_a_way_out(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let answers = async || {
        [
            (404, browser.get("/nothing/here").await),
            (404, browser.send(Method::POST, "/nothing", &[], &[]).await),
            (403, browser.send(Method::POST, "/login", &[], &[]).await),
            (422, browser.get("/password/reset").await),
            (422, browser.get("/email/verify").await),
        ]
    };
    for (status, answer) in answers().await {
        assert_eq!(answer.status, status, "{}", answer.text);
        let to = if answer.text.contains("Send a new link") { "/password/forgot" } else { "/login" };
        leads_on(&answer, to);
    }
    // What is switched off is as good as not there.
    set_login_rocket(&server, &json!({"signup": "off"}), "active").await;
    let (off, missing) = (browser.get("/signup").await, browser.get("/nothing").await);
    let bare = |answer: &Answer| answer.text.split("<main").nth(1).map(str::to_owned);
    assert_eq!((off.status, bare(&off)), (missing.status, bare(&missing)));
    // Where this host has no logins, the way leads to the app.
    set_login_rocket(&server, &json!({"login": "js"}), "active").await;
    for (status, answer) in answers().await {
        assert_eq!(answer.status, status, "{}", answer.text);
        leads_on(&answer, "https://app.example.com/login");
    }
}

/// W3C, "A Well-Known URL for Changing Passwords"; and "Detecting the reliability of HTTP status codes".
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn password_managers_find_where_a_password_is_changed(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let led = browser.get("/.well-known/change-password").await;
    assert_eq!((led.status, led.header("location")), (302, "/password/forgot"));
    assert_eq!(browser.get(led.header("location")).await.status, 200);
    let unreal = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(browser.get(unreal).await.status, 404);
    for path in ["/login", "/signup", "/password/forgot"] {
        let page = browser.get(path).await;
        assert!(page.text.contains("<input id=") && !page.text.contains("maxlength"), "{path}: {}", page.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn mistakes_are_listed_in_the_order_of_the_form(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"name_field": "required", "password_field": "confirm"}), "active").await;
    for tag in ["de", "en", "es", "fr", "ja"] {
        let path = format!("/signup?locale={tag}");
        let browser = server.browser();
        let page = browser.submit(&path, &[("email", "no address"), ("username", "a b"), ("password", "x")]).await;
        assert_eq!(page.status, 422, "{tag}: {}", page.text);
        let after = |text: &str, mark: &str| -> Vec<String> {
            text.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
        };
        let listed = after(&page.text, "<li><a href=\"#");
        let mut fields = after(&page.text, "<input id=\"");
        fields.retain(|field| listed.contains(field));
        assert!(listed.len() >= 5, "{tag}: {listed:?}");
        assert_eq!(listed, fields, "{tag}");
    }
}
