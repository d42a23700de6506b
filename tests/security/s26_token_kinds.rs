//! Check 26: each kind of secret or id that is given out, at each place that takes one. Only the diagonal passes.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, csrf, log_in, token};
use crate::support::{Answer, Engine, TestServer};

/// What is issued, by name.
struct Issued {
    all: Vec<(&'static str, String)>,
    csrf_cookie: String,
}

async fn issue(server: &TestServer) -> Issued {
    let browser = server.browser();
    let done = log_in(&browser, "/login", "ada", PASSWORD).await;
    let login = token(&done);
    let checked = server.get(&format!("sessions/{login}")).await;
    let session = checked.json(200)["id"].as_str().expect("an id").to_owned();
    let form = csrf(&browser.get("/login").await);
    let cookies = browser.cookies();
    let realm = format!("realms/{}", server.realm());
    server.put(&realm, json!({"realm": {"session_type": "unmanaged"}})).await.json(200);
    let unmanaged = server.authenticate("ada").await["token"].as_str().expect("a token").to_owned();
    server.put(&realm, json!({"realm": {"session_type": "managed"}})).await.json(200);
    let all = vec![
        ("login token", login),
        ("unmanaged token", unmanaged),
        ("session id", session),
        ("remembered cookie", cookies["gantry_session"].clone()),
        ("csrf token", form),
        ("csrf cookie", cookies["gantry_csrf"].clone()),
        ("API key", server.key.clone()),
        ("API key's id", server.key.split('-').next().expect("an id").to_owned()),
        ("JWT key", server.made.jwt_key.clone()),
        ("request id", checked.header("x-request-id").to_owned()),
        ("realm id", server.realm().to_owned()),
    ];
    for (kind, value) in &all {
        assert!(!value.is_empty(), "{kind}");
    }
    Issued { csrf_cookie: cookies["gantry_csrf"].clone(), all }
}

async fn as_api_key(server: &TestServer, value: &str) -> bool {
    server.call_as(value, None, Method::GET, "realms", None).await.status == 200
}

async fn as_session(server: &TestServer, value: &str) -> bool {
    server.get(&format!("sessions/{value}")).await.status == 200
}

async fn as_remembered(server: &TestServer, value: &str) -> bool {
    let cookie = format!("gantry_session={value}");
    server.browser().send(Method::GET, "/logout", &[], &[("cookie", &cookie)]).await.status == 200
}

async fn post(server: &TestServer, cookie: &str, form: &str) -> Answer {
    let fields = [("csrf", form), ("username", "ada"), ("password", PASSWORD)];
    server.browser().send(Method::POST, "/login", &fields, &[("cookie", &format!("gantry_csrf={cookie}"))]).await
}

async fn as_password(server: &TestServer, value: &str) -> bool {
    let answer = server.post("users/eve/authenticate", json!({"password": value})).await;
    assert!([200, 401].contains(&answer.status), "{}", answer.text);
    server.clock.advance(60_000); // a try a minute is allowed without end
    answer.status == 200
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_kind_passes_at_its_own_place_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let issued = issue(&server).await;
    let mut passed = Vec::new();
    for (kind, value) in &issued.all {
        let tried = [
            ("API key", as_api_key(&server, value).await),
            ("session", as_session(&server, value).await),
            ("remembered", as_remembered(&server, value).await),
            ("form token", post(&server, &issued.csrf_cookie, value).await.status == 302),
            ("password", as_password(&server, value).await),
        ];
        passed.extend(tried.iter().filter(|(_, passes)| *passes).map(|(place, _)| (*kind, *place)));
    }
    let diagonal = [
        ("login token", "session"),
        ("session id", "session"),
        ("remembered cookie", "remembered"),
        ("csrf token", "form token"),
        ("API key", "API key"),
    ];
    assert_eq!(passed, diagonal);
}

/// No value given out serves as the cookie that a form's token has to belong to, but the one it was made for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_token_belongs_to_one_cookie(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let issued = issue(&server).await;
    let form = &issued.all.iter().find(|(kind, _)| *kind == "csrf token").expect("issued").1;
    for (kind, value) in &issued.all {
        let passes = post(&server, value, form).await.status == 302;
        assert_eq!(passes, *kind == "csrf cookie", "{kind}");
        if *kind != "csrf token" {
            assert_ne!(post(&server, value, value).await.status, 302, "{kind} as both");
        }
    }
}
