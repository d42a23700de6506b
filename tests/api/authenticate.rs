//! `POST /v1/users/:u/authenticate` (api-v1 §4.5 and §8).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, send, text};
use crate::support::{Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_right_password_brings_the_user_with_a_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    assert_eq!(user["last_login_at"], Value::Null);
    server.clock.advance(5_250);
    for key in ["ada", "Ada", text(&user, "id")] {
        let path = format!("users/{key}/authenticate?expand=memberships");
        let login = server.post(&path, json!({"password": PASSWORD})).await.json(200);
        let mut expected = user.clone();
        expected["token"] = login["token"].clone();
        expected["memberships"] = json!([]);
        expected["last_login_at"] = login["last_login_at"].clone();
        assert_eq!(login, expected);
        assert_eq!(login["last_login_at"].as_f64(), Some(1_767_225_605.25));
        assert_eq!(text(&login, "token").split('.').count(), 3, "a JWT");
    }
    assert_eq!(server.get("users/ada").await.json(200)["last_login_at"].as_f64(), Some(1_767_225_605.25));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_wrong_password_is_401_and_an_unknown_user_404(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let tried = async |key: &str, body: Value| server.post(&format!("users/{key}/authenticate"), body).await;
    for wrong in ["tr0mbone-under-glasS", "", "tr0mbone-under-glass "] {
        let body = tried("ada", json!({ "password": wrong })).await.json(401);
        let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["error", "request_id"]);
    }
    tried("nobody", json!({"password": PASSWORD})).await.json(404);
    tried("usr_0000000000000000000000", json!({"password": PASSWORD})).await.json(404);
    for missing in [json!({}), json!({"password": null}), json!({"user": {"password": PASSWORD}})] {
        tried("ada", missing).await.json(400);
    }
    assert_eq!(server.get("users/ada").await.json(200)["last_login_at"], Value::Null);
    let sessions = server.get(&format!("sessions?user_id={}", text(&user, "id"))).await.json(200);
    assert_eq!(each(&sessions, "id"), Vec::<&str>::new());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn forms_and_exact_unicode_work_too(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    // Typed with a combining caron, stored composed: NFC makes them one.
    let user = json!({"user": {"user_type": "human", "username": "zoe", "email": "zoe@example.com",
        "password": "z\u{30c}lut\u{30c}ouc\u{30c}ky ku\u{30a}n\u{30c}"}});
    server.post("users", user).await.json(201);
    let headers = [
        ("X-Authrocket-Api-Key", server.key.as_str()),
        ("X-Authrocket-Realm", server.realm()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let form = "password=%C5%BElu%C5%A5ou%C4%8Dky+k%C5%AF%C5%88&request[ip]=192.0.2.7";
    let login = send(&server, reqwest::Method::POST, "/v1/users/zoe/authenticate", &headers, form).await.json(200);
    let session = server.get(&format!("sessions/{}", text(&login, "token"))).await.json(200);
    assert_eq!(session["request"]["ip"], "192.0.2.7");
}
