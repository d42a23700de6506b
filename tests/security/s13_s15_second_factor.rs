//! Checks 13 and 15: codes cannot be guessed in bulk, and a right password alone gives nothing that a login gives.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::api::raw::text;
use crate::api::two_factor::{enrolled, first_step, pending_token, second_step, wrong_code};
use crate::loginrocket::visit::{PASSWORD, events, log_in};
use crate::support::{Engine, TestServer};

/// Ten wrong codes for one user, whatever they are, wherever they come from, and however many at once.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn ten_wrong_codes_and_no_more(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = enrolled(&server).await;
    let wrong = wrong_code(&device.secret, server.clock.now_ms());
    let mut tokens = Vec::new();
    for _ in 0..30 {
        tokens.push(first_step(&server).await);
    }
    // Each login has tries left, each address too; half of the codes are of the other kind.
    let tries = tokens.iter().flat_map(|token| [(token, &*wrong), (token, "0000-0000-0000")]).enumerate();
    let tries = tries.map(|(nth, (token, code))| {
        let body = json!({"user": {"token": token, "code": code}, "request": {"ip": format!("203.0.113.{nth}")}});
        server.post("users/--/authenticate_code", body)
    });
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(tries.collect::<Vec<_>>()).await.iter().map(|answer| answer.status).collect();
    // The pages count together with the API.
    let browser = server.browser();
    let asked = log_in(&browser, "/login", "ada", PASSWORD).await;
    let fields = [("token", pending_token(&asked)), ("code", wrong.clone())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    statuses.push(browser.submit_from(&asked, "/login/code", &fields).await.status);
    let refused = statuses.iter().filter(|status| **status == 401).count();
    let limited = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((refused, limited), (10, 51), "{statuses:?}");
    assert_eq!(events(&server, "user.login.failed").await, 10);
    // In ten minutes there are ten more, and not one for each pending login.
    server.clock.advance(60_000);
    let mut later = Vec::new();
    for _ in 0..3 {
        let token = first_step(&server).await;
        later.push(second_step(&server, "ada", &token, &wrong).await.status);
    }
    assert_eq!(later, [401, 429, 429], "one comes back each minute");
}

/// What a right password gives to somebody without the device.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn after_the_password_nothing_is_usable(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    enrolled(&server).await;
    let browser = server.browser();
    let asked = log_in(&browser, "/login", "ada", PASSWORD).await;
    assert_eq!((asked.status, asked.header("location")), (200, ""));
    let mut cookies: Vec<_> = browser.cookies().into_keys().collect();
    cookies.retain(|name| !name.starts_with("gantry_page_"));
    assert_eq!(cookies, ["gantry_csrf"], "neither remembered nor known");
    assert_eq!(browser.get("/logout").await.status, 302, "nobody is logged in");
    assert_eq!(browser.get("/login").await.status, 200);
    let answer = server.post("users/ada/authenticate?expand=memberships", json!({"password": PASSWORD})).await;
    let pending = answer.json(200);
    assert_eq!(answer.header("set-cookie"), "");
    assert!(pending.get("memberships").is_none() && pending.get("session").is_none(), "{pending}");
    let user = text(&pending, "id");
    let listed = server.get(&format!("sessions?user_id={user}")).await.json(200);
    assert_eq!(listed["collection"], json!([]));
    for token in [text(&pending, "token").to_owned(), pending_token(&asked)] {
        assert!(token.starts_with("kli_") && !token.contains('.'), "no JWT: {token}");
        useless(&server, &token).await;
    }
    assert_eq!(server.get("users/ada").await.json(200)["last_login_at"], json!(null));
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
}

/// At every place that takes a secret, but the one that takes a code with it.
async fn useless(server: &TestServer, token: &str) {
    for path in [format!("sessions/{token}"), format!("sessions/{token}?expand=token,memberships")] {
        assert_eq!(server.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(server.call_as(token, None, Method::GET, "realms", None).await.status, 403);
    let new = json!({"user": {"token": token, "password": "an0ther-trombone-here"}});
    for key in ["ada", "--"] {
        server.post(&format!("users/{key}/reset_password_with_token"), new.clone()).await.json(422);
        server.post(&format!("users/{key}/verify_email"), json!({"user": {"token": token}})).await.json(422);
        for code in ["", token] {
            let body = json!({"user": {"token": token, "code": code}});
            let answer = server.post(&format!("users/{key}/authenticate_code"), body).await;
            assert_ne!(answer.status, 200, "{code:?}");
        }
    }
    server.post("users/authenticate_key", json!({"api_key": token})).await.json(401);
    server.post("users/ada/authenticate", json!({"password": token})).await.json(401);
    server.post("users", json!({"user": {"token": token}})).await.json(422);
    for (path, name) in [("/logout", "gantry_session"), ("/login", "gantry_session"), ("/login", "gantry_browser")] {
        let cookie = format!("{name}={token}");
        let answer = server.browser().send(Method::GET, path, &[], &[("cookie", &cookie)]).await;
        assert!(!answer.header("location").contains("token="), "{path}");
        let set = answer.header("set-cookie");
        assert!(!set.contains("gantry_session=") || set.contains("gantry_session=;"), "{path}: cleared at most: {set}");
    }
    let fields = [("token", token), ("password", "an0ther-trombone-here")];
    for (path, fields) in [("/password/reset", &fields[..]), ("/email/verify", &fields[..1])] {
        let browser = server.browser();
        assert_eq!(browser.get(&format!("{path}?token={token}")).await.status, 422, "{path}");
        let refused = browser.submit_from(&browser.get("/login").await, path, fields).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.text);
    }
    let again = server.browser();
    again.get("/login").await;
    let page = again.get("/login").await;
    let sent = again.submit_from(&page, "/email/request", &[("token", token)]).await;
    assert_eq!(sent.status, 422, "{}", sent.text);
}
