//! `logout` (loginrocket-v1 §2.6; decisions §4).

use rstest::rstest;
use serde_json::json;

use super::calls::{APP, by_get, done, error, from, from_page, from_server, is_live, is_remembered, log_in, token};
use crate::loginrocket::visit::{PASSWORD, set_app};
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_session_behind_the_token_ends(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let other = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    for nth in 0..2 {
        let mine = token(&from_server(&server, "login", json!({"username": "ada", "password": PASSWORD})).await);
        let out = match nth {
            0 => from_server(&server, "logout", json!({"token": mine})).await,
            _ => by_get(&server.browser(), "logout", &[("token", &mine)], &[]).await,
        };
        done(&out);
        assert!(!is_live(&server, &mine).await);
        // Whoever logs out twice is logged out.
        done(&from_server(&server, "logout", json!({"token": mine})).await);
    }
    for stranger in ["x", "a.b.c", "kss_1", &server.key] {
        done(&from_server(&server, "logout", json!({"token": stranger})).await);
    }
    assert!(is_live(&server, &other).await);
    assert_eq!(error(&from_server(&server, "logout", json!({})).await), "Token can't be blank");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_page_of_the_app_has_its_browser_forget(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    // With the cookie alone.
    let first = token(&log_in(&browser, "ada", PASSWORD).await);
    done(&from_page(&browser, "logout", json!({})).await);
    assert!(!is_live(&server, &first).await && !is_remembered(&browser));
    // With the token of another login: both end, and nobody is left behind on a shared browser (check 22).
    let (mine, theirs) = (log_in(&browser, "ada", PASSWORD).await, log_in(&server.browser(), "ada", PASSWORD).await);
    done(&from_page(&browser, "logout", json!({"token": token(&theirs)})).await);
    assert!(!is_live(&server, &token(&mine)).await && !is_live(&server, &token(&theirs)).await);
    assert!(!is_remembered(&browser));
    // With nothing: it is logged out already.
    done(&from_page(&browser, "logout", json!({})).await);
}

/// Check 36: nobody else logs a person out.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_a_page_of_the_app_the_cookie_is_not_looked_at(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let mine = token(&log_in(&browser, "ada", PASSWORD).await);
    assert_eq!(from(&browser, "https://evil.test", "logout", json!({})).await.status, 403);
    let theirs = token(&from_server(&server, "login", json!({"username": "ada", "password": PASSWORD})).await);
    let answer = browser.json("/v1/logout", &json!({"token": theirs}), &[]).await;
    done(&answer);
    assert_eq!(answer.header("set-cookie"), "");
    assert!(is_live(&server, &mine).await && is_remembered(&browser));
    for told in [&[][..], &[("sec-fetch-site", "none")], &[("sec-fetch-site", "same-origin")]] {
        assert_eq!(error(&by_get(&browser, "logout", &[], told).await), "Token can't be blank");
    }
    assert!(is_live(&server, &mine).await && is_remembered(&browser));
    let told = [("origin", APP)];
    done(&by_get(&browser, "logout", &[], &told).await);
    assert!(!is_live(&server, &mine).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_leads_where_the_app_allows(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/bye"]})).await;
    for (asked, url) in [
        ("https://other.example/bye", json!("https://other.example/bye")),
        ("https://evil.test/", json!(null)),
        ("javascript:alert(1)", json!(null)),
    ] {
        let out = from_page(&server.browser(), "logout", json!({"redirect_uri": asked})).await;
        assert_eq!(done(&out)["url"], url, "{asked}");
    }
}

/// A login that is not on record ends with its time alone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unmanaged_sessions_are_forgotten_by_whoever_holds_them(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let unmanaged = json!({"realm": {"session_type": "unmanaged"}});
    server.put(&format!("realms/{}", server.realm()), unmanaged).await.json(200);
    let browser = server.browser();
    let mine = token(&log_in(&browser, "ada", PASSWORD).await);
    assert!(!is_remembered(&browser));
    done(&from_page(&browser, "logout", json!({"token": mine})).await);
}
