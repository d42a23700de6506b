//! An account here has the address of somebody who comes by a provider: its password, shown once, makes them one (checks
//! 3 and 4).

use rstest::rstest;
use serde_json::json;

use super::visit::{Visit, path};
use crate::api::two_factor::{code, enrolled};
use crate::loginrocket::visit::{PASSWORD, events, hidden, location, param, set_login_rocket, set_passwords};
use crate::support::{Answer, Browser, Engine, Person};

/// Ada has an account whose address nobody has proven, and comes by Google.
async fn visit(engine: Engine) -> (Visit, Browser) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit.server.user("ada").await;
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/google?redir=/inbox").await), "/auth/link?redir=%2Finbox");
    (visit, browser)
}

async fn show_password(browser: &Browser, password: &str) -> Answer {
    browser.submit("/auth/link?redir=/inbox", &[("password", password)]).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_right_password_connects_once_and_for_all(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    let page = browser.get("/auth/link?redir=/inbox").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("ada@example.com") && page.text.contains("Google"), "{}", page.text);
    assert_eq!(visit.credentials("ada").await, ["password"]);

    let wrong = show_password(&browser, "wrong").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert_eq!(visit.credentials("ada").await, ["password"]);
    assert_eq!(events(&visit.server, "user.login.failed").await, 1);

    let done = show_password(&browser, PASSWORD).await;
    assert_eq!(visit.who(&done).await, "ada");
    assert_eq!(param(&location(&done), "redir").as_deref(), Some("/inbox"));
    assert_eq!(visit.credentials("ada").await, ["password", "google"]);
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada", "from now on without");

    assert_eq!(browser.get("/auth/link").await.status, 422, "it is spent");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_offer_is_for_this_browser_and_half_an_hour(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    let eve = visit.server.browser();
    eve.get("/login").await;
    assert_eq!(eve.get("/auth/link").await.status, 422);
    let login = eve.get("/login").await;
    assert_eq!(eve.submit_from(&login, "/auth/link", &[("password", PASSWORD)]).await.status, 422);
    visit.advance(30 * 60 * 1000);
    assert_eq!(browser.get("/auth/link").await.status, 422);
    assert_eq!(visit.credentials("ada").await, ["password"]);
}

/// Check 3: the offer is for who came, and for the account that has their address.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_else_is_connected_by_it(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    visit.server.user("bo").await;
    // Neither the form nor another login in the same browser names another account or another identity.
    let page = browser.get("/auth/link").await;
    let sent = [("password", "wrong"), ("username", "bo"), ("user_id", "bo"), ("provider_user_id", "9")];
    assert_eq!(browser.submit_from(&page, "/auth/link", &sent).await.status, 422);
    browser.submit("/login", &[("username", "bo"), ("password", PASSWORD)]).await;
    assert_eq!(visit.credentials("bo").await, ["password"]);
    // A second person who comes in this browser replaces the first.
    visit.providers.is(Person::new("2002", Some("bo@example.com"), Some(false)));
    visit.come(&browser, "/auth/google").await;
    assert_eq!(visit.who(&show_password(&browser, PASSWORD).await).await, "bo");
    assert_eq!(visit.credentials("ada").await, ["password"]);
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link", "that one was not connected");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn with_a_device_the_code_comes_first(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    let device = enrolled(&visit.server).await;
    visit.providers.state().now = visit.server.clock.now_ms() / 1000;
    let browser = visit.server.browser();
    visit.come(&browser, "/auth/google").await;
    let page = show_password(&browser, PASSWORD).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(visit.credentials("ada").await, ["password", "totp"], "not by the password alone");
    assert!(!browser.cookies().contains_key("gantry_session"));
    let token = hidden(&page, "token");
    let wrong = browser.submit_from(&page, "/auth/link/code", &[("token", &token), ("code", "000000")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    let digits = code(&device.secret, visit.server.clock.now_ms());
    let done = browser.submit_from(&page, "/auth/link/code", &[("token", &token), ("code", &digits)]).await;
    assert_eq!(visit.who(&done).await, "ada");
    assert_eq!(visit.credentials("ada").await, ["password", "totp", "google"]);
}

/// The code of somebody else's login connects nobody.
#[tokio::test]
async fn the_code_has_to_be_of_the_same_account() {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("google").await;
    let device = enrolled(&visit.server).await;
    visit.providers.state().now = visit.server.clock.now_ms() / 1000;
    visit.server.user("bo").await;
    visit.providers.is(Person::new("2002", Some("bo@example.com"), Some(true)));
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link");
    let page = browser.submit("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let digits = code(&device.secret, visit.server.clock.now_ms());
    let sent = [("token", hidden(&page, "token")), ("code", digits)];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.submit_from(&page, "/auth/link/code", &sent).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(visit.credentials("ada").await, ["password", "totp"]);
    assert_eq!(visit.credentials("bo").await, ["password"]);
    // The code was not spent on it either.
    let digits = code(&device.secret, visit.server.clock.now_ms());
    let done =
        browser.submit_from(&page, "/login/code", &[("token", &hidden(&page, "token")), ("code", &digits)]).await;
    assert_eq!(visit.who(&done).await, "ada");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tries_are_limited_as_those_of_any_login(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    for _ in 0..10 {
        assert_eq!(show_password(&browser, "wrong").await.status, 422);
    }
    assert_eq!(show_password(&browser, PASSWORD).await.status, 429);
    let login = visit.server.browser().submit("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert_eq!(login.status, 429, "one count for both");
}

#[tokio::test]
async fn inactive_accounts_and_unproven_addresses_stay_as_they_are() {
    let (visit, browser) = visit(Engine::Sqlite).await;
    visit.server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    assert_eq!(show_password(&browser, PASSWORD).await.status, 422);
    visit.server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    let first = show_password(&browser, PASSWORD).await;
    assert!(first.text.contains("<h1>Confirm your email address first</h1>"), "{}", first.text);
    assert_eq!(visit.credentials("ada").await, ["password"]);
}

#[tokio::test]
async fn without_passwords_there_is_nothing_to_show() {
    let (visit, browser) = visit(Engine::Sqlite).await;
    set_passwords(&visit.server, "inactive").await;
    assert_eq!(show_password(&browser, PASSWORD).await.status, 422);
    assert_eq!(visit.credentials("ada").await, ["password"]);
}
