//! `session`: logins of pages without a server (loginrocket-v1 §2.7; decisions §4).

use rstest::rstest;
use serde_json::json;

use super::calls::{APP, by_get, done, error, from, from_page, from_server, is_live, is_remembered, log_in, token};
use crate::loginrocket::visit::{PASSWORD, set_app, set_login_rocket};
use crate::support::{Engine, TestServer};

const NOBODY: &str = "Nobody is logged in.";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_tells_whose_it_is_while_its_session_lives(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    let session = server.get(&format!("sessions/{mine}")).await.json(200);
    // A minute later the token is another one, of the same session and with its lifetime.
    server.clock.advance(60_000);
    server.put("users/ada", json!({"user": {"first_name": "Augusta"}})).await.json(200);
    let told = done(&from_server(&server, "session", json!({"token": mine})).await);
    assert_eq!(told["user"], json!({"id": ada["id"], "username": "ada", "name": "Augusta Lovelace"}));
    assert_eq!(told["expires_at"], session["expires_at"]);
    let fresh = told["token"].as_str().expect("a token");
    assert_eq!(server.get(&format!("sessions/{fresh}")).await.json(200)["id"], session["id"]);
    assert!(told["url"].as_str().is_some_and(|url| url.ends_with(&format!("/login?token={fresh}"))));
    assert!(fresh != mine, "today's name is in it");

    done(&from_server(&server, "logout", json!({"token": fresh})).await);
    for ended in [fresh, &mine, "x", "a.b.c"] {
        assert_eq!(error(&from_server(&server, "session", json!({"token": ended})).await), NOBODY);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn sessions_end_at_their_time_and_with_their_user(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    assert_eq!(error(&from_server(&server, "session", json!({"token": mine})).await), NOBODY);
    server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    server.clock.advance(360 * 60_000 - 1);
    done(&from_server(&server, "session", json!({"token": mine})).await);
    server.clock.advance(1);
    assert_eq!(error(&from_server(&server, "session", json!({"token": mine})).await), NOBODY);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn with_seamless_sso_a_page_of_the_app_asks_what_its_browser_remembers(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_login_rocket(&server, &json!({"sso": "seamless"}), "active").await;
    set_app(&server, json!({"allowed_origins": ["https://second.example"]})).await;
    let browser = server.browser();
    assert_eq!(error(&from_page(&browser, "session", json!({})).await), NOBODY);
    let first = token(&log_in(&browser, "ada", PASSWORD).await);
    let second = from(&browser, "https://second.example", "session", json!({})).await;
    assert!(is_live(&server, &token(&second)).await);
    assert_eq!(done(&second)["user"]["username"], "ada");
    assert_eq!(second.header("access-control-allow-origin"), "https://second.example");
    assert_eq!(second.header("access-control-allow-credentials"), "true");

    // Nobody else: no other page, and nothing that is no page.
    let foreign = from(&browser, "https://evil.test", "session", json!({})).await;
    assert!(foreign.status == 403 && !foreign.text.contains("token"), "{}", foreign.text);
    assert_eq!(error(&browser.json("/v1/session", &json!({}), &[]).await), NOBODY);
    for told in [&[][..], &[("sec-fetch-site", "none")], &[("sec-fetch-site", "same-origin")]] {
        assert_eq!(error(&by_get(&browser, "session", &[], told).await), NOBODY);
    }
    assert_eq!(by_get(&browser, "session", &[], &[("sec-fetch-site", "cross-site")]).await.status, 403);
    done(&by_get(&browser, "session", &[], &[("origin", APP)]).await);

    // An ended session is not revived.
    done(&from_server(&server, "logout", json!({"token": first})).await);
    assert!(is_remembered(&browser), "its cookie is still there");
    assert_eq!(error(&from_page(&browser, "session", json!({})).await), NOBODY);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn with_basic_sso_every_app_asks_for_a_login(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let mine = token(&log_in(&browser, "ada", PASSWORD).await);
    assert!(is_remembered(&browser));
    assert_eq!(error(&from_page(&browser, "session", json!({})).await), NOBODY);
    done(&from_page(&browser, "session", json!({"token": mine})).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_that_is_not_on_record_lives_until_its_time(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let unmanaged = json!({"realm": {"session_type": "unmanaged"}});
    server.put(&format!("realms/{}", server.realm()), unmanaged).await.json(200);
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    let told = done(&from_server(&server, "session", json!({"token": mine})).await);
    assert_eq!(told["token"], json!(mine));
    server.clock.advance(360 * 60_000);
    assert_eq!(error(&from_server(&server, "session", json!({"token": mine})).await), NOBODY);
}
