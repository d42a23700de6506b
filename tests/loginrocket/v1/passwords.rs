//! `password/forgot`, `password/reset` and `password/update` (loginrocket-v1 §7; decisions §3, §4).

use rstest::rstest;
use serde_json::{Value, json};

use super::calls::{done, error, from_page, from_server, is_live, is_remembered, log_in, token};
use crate::loginrocket::visit::{PASSWORD, RESET, events, set_app, set_login_rocket};
use crate::support::{Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";
const FRESH: &str = "another-fine-day-99";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_forgotten_password_is_set_anew_with_the_mails_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let before = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    let mut told = Vec::new();
    for name in ["ada@example.com", "nobody", "ada"] {
        let body = json!({"username": name, "redirect_uri": "https://other.example/cb"});
        let answer = from_server(&server, "password/forgot", body).await;
        assert!(done(&answer)["message"].as_str().is_some_and(|text| text.starts_with("If there is an account")));
        told.push(answer.text);
    }
    assert!(told.iter().all(|text| text == &told[0]));
    assert_eq!(events(&server, RESET).await, 2);
    let mail = server.mailed(RESET).await.expect("a mail");
    assert_eq!(mail.redirect_uri.as_deref(), Some("https://other.example/cb"));
    let kpw = mail.token.expect("a token");

    let browser = server.browser();
    let reset = |password: &str| json!({"token": kpw, "password": password, "password_confirmation": FRESH});
    let refused = from_page(&browser, "password/reset", reset("short")).await;
    assert!(refused.json(200)["errors"]["password"].is_array(), "{}", refused.text);
    done(&from_page(&browser, "password/reset", reset(FRESH)).await);
    assert!(!is_remembered(&browser), "nobody is logged in by a mail");
    assert!(!is_live(&server, &before).await);
    assert!(error(&from_page(&browser, "password/reset", reset(FRESH)).await).starts_with("This link cannot be used"));
    for stranger in ["kpw_x", "x", &before] {
        let body = json!({"token": stranger, "password": FRESH});
        assert!(error(&from_page(&browser, "password/reset", body).await).starts_with("This link cannot be used"));
    }
    assert_eq!(error(&from_page(&browser, "password/reset", json!({})).await), "Token can't be blank");
    assert!(!error(&log_in(&browser, "ada", PASSWORD).await).is_empty());
    token(&log_in(&browser, "ada", FRESH).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_said_is_no_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for body in [json!({}), json!({"username": ""}), json!({"username": ["ada"]})] {
        assert_eq!(error(&from_server(&server, "password/forgot", body).await), "Username can't be blank");
    }
}

fn update(token: &str, current: &str, password: &str) -> Value {
    json!({"token": token, "current_password": current, "password": password, "password_confirmation": password})
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_is_logged_in(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let mine = token(&log_in(&browser, "ada", PASSWORD).await);
    let other = token(&log_in(&server.browser(), "ada", PASSWORD).await);

    let wrong = from_page(&browser, "password/update", update(&mine, WRONG, FRESH)).await;
    assert_eq!(error(&wrong), "Current password does not match");
    assert_eq!(wrong.json(200)["errors"], json!({"current_password": ["Current password does not match"]}));
    let weak = from_page(&browser, "password/update", update(&mine, PASSWORD, "short")).await;
    assert!(weak.json(200)["errors"]["password"].is_array(), "{}", weak.text);
    let twice = json!({"token": mine, "current_password": PASSWORD, "password": FRESH, "password_confirmation": WRONG});
    let unlike = from_page(&browser, "password/update", twice).await;
    assert_eq!(error(&unlike), "The two passwords are not the same");
    assert!(is_live(&server, &other).await, "nothing changed so far");

    done(&from_page(&browser, "password/update", update(&mine, PASSWORD, FRESH)).await);
    assert!(is_live(&server, &mine).await, "whoever changed it goes on");
    assert!(!is_live(&server, &other).await);
    assert!(!error(&log_in(&server.browser(), "ada", PASSWORD).await).is_empty());
    token(&log_in(&server.browser(), "ada", FRESH).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_a_live_login_token_of_this_realm_will_do(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    let eves = token(&log_in(&server.browser(), "eve", PASSWORD).await);
    let session = server.get(&format!("sessions/{mine}")).await.json(200);
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (a, e) = (parts(&mine), parts(&eves));
    let forged = format!("{}.{}.{}", a[0], e[1], a[2]);
    for stranger in ["", "x", "a.b.c", session["id"].as_str().expect("an id"), &forged, &server.key] {
        let refused = from_server(&server, "password/update", update(stranger, PASSWORD, FRESH)).await;
        assert_eq!(error(&refused), "You are no longer logged in. Please log in again.", "{stranger}");
    }
    done(&from_server(&server, "logout", json!({"token": mine})).await);
    error(&from_server(&server, "password/update", update(&mine, PASSWORD, FRESH)).await);
    server.put("users/eve", json!({"user": {"state": "inactive"}})).await.json(200);
    error(&from_server(&server, "password/update", update(&eves, PASSWORD, FRESH)).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unmanaged_logins_change_passwords_too(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let unmanaged = json!({"realm": {"session_type": "unmanaged"}});
    server.put(&format!("realms/{}", server.realm()), unmanaged).await.json(200);
    set_login_rocket(&server, &json!({"password_field": "confirm"}), "active").await;
    let mine = token(&log_in(&server.browser(), "ada", PASSWORD).await);
    let once = json!({"token": mine, "current_password": PASSWORD, "password": FRESH});
    assert_eq!(error(&from_server(&server, "password/update", once).await), "The two passwords are not the same");
    done(&from_server(&server, "password/update", update(&mine, PASSWORD, FRESH)).await);
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    error(&from_server(&server, "password/update", update(&mine, FRESH, PASSWORD)).await);
    server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    server.clock.advance(360 * 60_000);
    error(&from_server(&server, "password/update", update(&mine, FRESH, PASSWORD)).await);
}
