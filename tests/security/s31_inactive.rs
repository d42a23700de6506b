//! Check 31: an inactive user or realm is refused at once, by every way of logging in and with every live session.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::two_factor::{code, enrolled, first_step, second_step};
use crate::loginrocket::visit::{PASSWORD, log_in, token};
use crate::support::{Answer, Browser, Engine, TestServer};

/// A browser that is logged in, with its token and session id, and a session made through the API.
async fn sessions(server: &TestServer, user: &Value) -> (Browser, Vec<String>) {
    let browser = server.browser();
    let token = token(&log_in(&browser, "/login", "ada", PASSWORD).await);
    let id = server.get(&format!("sessions/{token}")).await.json(200)["id"].as_str().expect("an id").to_owned();
    let made = server.post("sessions", json!({"session": {"user_id": user["id"]}})).await.json(201);
    let [id2, token2] = ["id", "token"].map(|name| made[name].as_str().expect("text").to_owned());
    (browser, vec![token, id, token2, id2])
}

async fn all_refused(server: &TestServer, user: &Value, (browser, sessions): &(Browser, Vec<String>)) {
    for session in sessions {
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{session}");
        assert_eq!(server.get(&format!("sessions/{session}?expand=token")).await.status, 404, "{session}");
    }
    let listed = server.get(&format!("sessions?user_id={}", user["id"].as_str().expect("an id"))).await.json(200);
    assert_eq!(listed["collection"], json!([]));
    let remembered = browser.send(Method::GET, "/logout", &[], &[]).await;
    assert_eq!(remembered.status, 302, "the browser's login is not remembered");
    no_login(server, user).await;
}

async fn no_login(server: &TestServer, user: &Value) {
    let id = user["id"].as_str().expect("an id");
    for key in ["ada", id] {
        let answer: Answer = server.post(&format!("users/{key}/authenticate"), json!({"password": PASSWORD})).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
        let page = log_in(&server.browser(), "/login", key, PASSWORD).await;
        assert_ne!(page.status, 302);
        assert_eq!(page.header("set-cookie"), "", "no session in the answer");
    }
    let made = server.post("sessions", json!({"session": {"user_id": id}})).await;
    assert_eq!(made.status, 422, "{}", made.text);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inactive_user_is_out_at_once_and_old_sessions_never_come_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let live = sessions(&server, &user).await;
    server.put("users/ada", json!({"user": {"state": "inactive"}})).await.json(200);
    all_refused(&server, &user, &live).await;
    server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    for session in &live.1 {
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{session}");
    }
    server.authenticate("ada").await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inactive_realm_is_closed_at_once_and_old_sessions_never_come_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let live = sessions(&server, &user).await;
    let realm = format!("realms/{}", server.realm());
    server.put(&realm, json!({"realm": {"state": "inactive"}})).await.json(200);
    all_refused(&server, &user, &live).await;
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    let form = crate::loginrocket::visit::csrf(&server.browser().get("/login").await);
    assert!(!form.is_empty());
    assert_eq!(server.browser().get("/signup").await.status, 404, "nobody signs up");
    assert_ne!(server.browser().send(Method::POST, "/signup", &fields, &[]).await.status, 302);
    server.put(&realm, json!({"realm": {"state": "active"}})).await.json(200);
    for session in &live.1 {
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{session}");
    }
    // A login in a later millisecond is a new one.
    server.clock.advance(1);
    let fresh = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    assert_eq!(server.get(&format!("sessions/{fresh}")).await.status, 200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deleted_user_and_a_new_password_end_sessions_too(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let (_, changed) = sessions(&server, &user).await;
    server.put("users/ada", json!({"user": {"password": "an0ther-trombone-here"}})).await.json(200);
    for session in &changed {
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{session}");
    }
    server.put("users/ada", json!({"user": {"password": PASSWORD}})).await.json(200);
    let (browser, deleted) = sessions(&server, &user).await;
    assert_eq!(server.delete("users/ada").await.status, 204);
    for session in &deleted {
        assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "{session}");
    }
    assert_eq!(browser.get("/logout").await.status, 302);
    assert_ne!(log_in(&server.browser(), "/login", "ada", PASSWORD).await.status, 302);
}

/// Every other way in: a system's key, the second step of a login that was begun before, by either kind of code, and the
/// token of a mail.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_key_code_or_token_of_somebody_inactive_works(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let robot = json!({"user": {"user_type": "api", "username": "robot"}});
    let robot = server.post("users", robot).await.json(201);
    let key = json!({"api_key": robot["api_key"]});
    server.post("users/authenticate_key", key.clone()).await.json(200);
    let device = enrolled(&server).await;
    let made = server.post("users/ada/recovery_codes", json!({})).await.json(200);
    let recovery = made["recovery_codes"][0].as_str().expect("a code").to_owned();
    let reset = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let pending = [first_step(&server).await, first_step(&server).await];
    for name in ["robot", "ada"] {
        server.put(&format!("users/{name}"), json!({"user": {"state": "inactive"}})).await.json(200);
    }
    server.post("users/authenticate_key", key).await.json(401);
    let digits = code(&device.secret, server.clock.now_ms());
    for (token, code) in pending.iter().zip([&digits, &recovery]) {
        second_step(&server, "--", token, code).await.json(401);
    }
    let new = json!({"user": {"token": reset["token"], "password": "an0ther-trombone-here"}});
    server.post("users/--/reset_password_with_token", new).await.json(422);
    // Nothing of it was lost or used up meanwhile but what a wrong try costs.
    server.put("users/ada", json!({"user": {"state": "active"}})).await.json(200);
    let again = first_step(&server).await;
    second_step(&server, "ada", &again, &recovery).await.json(200);
}
