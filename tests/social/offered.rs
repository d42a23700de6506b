//! Where apps have their own forms (`login: js`), whoever comes by another site still finds the pages that it takes.

use rstest::rstest;
use serde_json::{Value, json};

use super::visit::{Visit, path};
use crate::api::two_factor::{code, enrolled};
use crate::loginrocket::visit::{hidden, read, set_login_rocket};
use crate::support::{Engine, Person};

async fn visit(engine: Engine, settings: &Value) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("github").await;
    set_login_rocket(&visit.server, settings, "active").await;
    visit
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_pages_of_other_sites_are_there_beside_own_forms(#[case] engine: Engine) {
    let visit = visit(engine, &json!({"login": "js", "signup": "js"})).await;
    let listed = visit.server.browser().json("/v1/auth_providers", &json!({}), &[]).await.json(200);
    let url = listed["collection"][0]["url"].as_str().expect("an address").to_owned();
    assert!(url.ends_with("/auth/github"), "{url}");
    for _new_then_known in 0..2 {
        assert_eq!(visit.who(&visit.come_anew("/auth/github").await).await, "ada@example.com");
    }
    assert_eq!(visit.server.browser().get("/login").await.status, 404, "the form is the app's");

    visit.providers.is(Person::new("1002", None, None));
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/github").await), "/auth/signup");
    let form = browser.get("/auth/signup").await;
    assert!(!read(&form.text).contains("href=\"/login"), "nothing leads to a page that is not there: {}", form.text);
    let sent = [("email", "mary@example.com"), ("username", "mary"), ("first_name", "Mary"), ("last_name", "Poppins")];
    assert_eq!(visit.who(&browser.submit("/auth/signup", &sent).await).await, "mary");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_device_is_asked_for_beside_own_forms_too(#[case] engine: Engine) {
    let visit = visit(engine, &json!({"login": "js", "signup": "js"})).await;
    let device = enrolled(&visit.server).await;
    visit.verify("ada").await;
    visit.providers.state().now = visit.server.clock.now_ms() / 1000;
    let browser = visit.server.browser();
    let asked = visit.come(&browser, "/auth/github").await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let (token, now) = (hidden(&asked, "token"), code(&device.secret, visit.server.clock.now_ms()));
    let done = browser.submit_from(&asked, "/login/code", &[("token", &token), ("code", &now)]).await;
    assert_eq!(visit.who(&done).await, "ada");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_is_there_where_nobody_logs_in(#[case] engine: Engine) {
    let visit = visit(engine, &json!({"login": "off", "signup": "hosted"})).await;
    let browser = visit.server.browser();
    assert_eq!(browser.get("/auth/github").await.status, 404);
    let signup = browser.get("/signup").await;
    let text = read(&signup.text);
    assert!(signup.status == 200 && !text.contains("href=\"/auth/") && !text.contains("href=\"/login"), "{text}");
}
