//! Seamless SSO: apps that share a Connected App share a login, and end it together.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, location, log_in, param, set_app, set_login_rocket, token};
use crate::support::{Engine, TestServer};

/// Two apps behind one Connected App.
const SHOP: &str = "https://shop.example.com/in";
const TO_SHOP: &str = "/login?redirect_uri=https%3A%2F%2Fshop.example.com%2Fin&redir=%2Fcart";

async fn shared(engine: Engine, sso: &str) -> TestServer {
    let server = TestServer::start(engine).await;
    set_app(&server, json!({"redirect_uris": [SHOP]})).await;
    set_login_rocket(&server, &json!({"sso": sso}), "active").await;
    server.user("ada").await;
    server
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_is_logged_in_goes_straight_on_to_the_second_app(#[case] engine: Engine) {
    let server = shared(engine, "seamless").await;
    let browser = server.browser();
    let first = token(&log_in(&browser, "/login", "ada", PASSWORD).await);
    server.advance(60_000);

    let on = browser.get(TO_SHOP).await;
    let to = location(&on);
    assert!(to.as_str().starts_with(&format!("{SHOP}?token=")), "{to}");
    assert_eq!(param(&to, "redir").as_deref(), Some("/cart"));
    assert_eq!(param(&to, "signup"), None);
    assert_eq!(on.header("cache-control"), "no-store");
    let (one, other) = (server.get(&format!("sessions/{first}")).await, token(&on));
    let other = server.get(&format!("sessions/{other}")).await.json(200);
    let one = one.json(200);
    assert_eq!((&one["id"], &one["expires_at"]), (&other["id"], &other["expires_at"]), "a copy of the same login");
    assert_eq!(location(&browser.get("/login").await).host_str(), Some("app.example.com"));
    assert_eq!(server.get("users/ada/sessions").await.status, 404, "no such list");
    let list = server.get(&format!("sessions?user_id={}", one["user"]["id"].as_str().expect("an id"))).await;
    assert_eq!(list.json(200)["collection"].as_array().expect("a list").len(), 1);

    let stranger = server.browser();
    assert_eq!(stranger.get(TO_SHOP).await.status, 200, "another browser is asked");
    assert_eq!(browser.get("/login?prompt=login").await.status, 200, "asked again because the app wants it");
    let foreign = browser.get("/login?redirect_uri=https%3A%2F%2Fevil.test%2F").await;
    assert_eq!(location(&foreign).host_str(), Some("app.example.com"), "no token for strangers");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_that_ended_anywhere_is_not_revived(#[case] engine: Engine) {
    let server = shared(engine, "seamless").await;
    for end in ["logout page", "api", "time", "inactive"] {
        let browser = server.browser();
        let session = token(&log_in(&browser, "/login", "ada", PASSWORD).await);
        assert_eq!(browser.get(TO_SHOP).await.status, 302, "{end}: logged in");
        match end {
            "logout page" => {
                let page = browser.get("/logout").await;
                assert_eq!(browser.submit_from(&page, "/logout", &[]).await.status, 302);
            }
            "api" => assert_eq!(server.delete(&format!("sessions/{session}")).await.status, 204),
            "time" => server.advance(361 * 60_000),
            _ => {
                server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
            }
        }
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{end}: over for every app");
        let asked = browser.get(TO_SHOP).await;
        assert_eq!(asked.status, 200, "{end}: asked again");
        assert!(asked.text.contains("name=\"password\""), "{end}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_it_every_app_asks(#[case] engine: Engine) {
    let server = shared(engine, "basic").await;
    let browser = server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    assert!(browser.cookies().contains_key("gantry_session"), "remembered for logging out");
    assert_eq!(browser.get(TO_SHOP).await.status, 200);
}

/// A cookie of another realm, or a made-up one, is no login.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_foreign_cookie_is_no_login(#[case] engine: Engine) {
    let server = shared(engine, "seamless").await;
    for cookie in
        ["gantry_session=", "gantry_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "gantry_session=%00"]
    {
        let page = server.browser().send(Method::GET, TO_SHOP, &[], &[("cookie", cookie)]).await;
        assert_eq!(page.status, 200, "{cookie}");
    }
}
