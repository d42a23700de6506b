//! Which realm a call works in (api-v1 §1.3 and decisions §3).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Answer, Engine, TestServer};

const MISSING: &str = "rl_0000000000000000000000";

fn person(name: &str, realm: Option<&str>) -> Value {
    let mut user = json!({"user_type": "human", "username": name, "email": format!("{name}@example.com"),
        "password": "tr0mbone-under-glass"});
    if let Some(realm) = realm {
        user["realm_id"] = json!(realm);
    }
    json!({ "user": user })
}

async fn second_realm(server: &TestServer) -> String {
    let realm = server.post("realms", json!({"realm": {"name": "Second"}})).await.json(201);
    text(&realm, "id").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_named_by_header_query_or_body(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let second = second_realm(&server).await;
    let call = async |realm: Option<&str>, method: Method, path: &str, body: Option<Value>| -> Answer {
        server.call_as(&server.key, realm, method, path, body).await
    };
    let by_header = call(Some(&second), Method::POST, "users", Some(person("ada", None))).await.json(201);
    assert_eq!(by_header["realm_id"], json!(second));
    let by_root = call(None, Method::POST, "users", Some(person("bob", Some(&second)))).await.json(201);
    assert_eq!(by_root["realm_id"], json!(second));
    let by_query = call(None, Method::GET, &format!("users?realm_id={second}"), None).await.json(200);
    assert_eq!(each(&by_query, "username"), ["ada", "bob"]);
    let flat = json!({"password": "tr0mbone-under-glass", "realm_id": second});
    let by_flat_body = call(None, Method::POST, "users/ada/authenticate", Some(flat)).await.json(200);
    assert_eq!(by_flat_body["id"], by_header["id"]);
    // PHP sends what belongs to a DELETE as its body, Ruby as its query.
    let body = Some(json!({"realm_id": second}));
    assert_eq!(call(None, Method::DELETE, "users/ada", body).await.status, 204);
    assert_eq!(call(None, Method::DELETE, &format!("users/bob?realm_id={second}"), None).await.status, 204);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_the_call_says_beats_the_header(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let second = second_realm(&server).await;
    for header in [server.realm(), MISSING] {
        let path = format!("users?realm_id={second}");
        let list = server.call_as(&server.key, Some(header), Method::GET, &path, None).await.json(200);
        assert_eq!(each(&list, "id"), Vec::<&str>::new());
    }
    let made = server.post("users", person("ada", Some(&second))).await.json(201);
    assert_eq!(made["realm_id"], json!(second));
    server.get("users/ada").await.json(404);
    let flat = json!({"password": "tr0mbone-under-glass", "realm_id": second});
    server.post("users/ada/authenticate", flat).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_header_naming_a_missing_realm_matters_only_where_a_realm_does(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let call = async |method: Method, path: &str, body: Option<Value>| {
        server.call_as(&server.key, Some(MISSING), method, path, body).await
    };
    call(Method::GET, "realms", None).await.json(200);
    call(Method::GET, &format!("realms/{}", server.realm()), None).await.json(200);
    let made = call(Method::POST, "realms", Some(json!({"realm": {"name": "New"}}))).await.json(201);
    let path = format!("realms/{}", text(&made, "id"));
    call(Method::PUT, &path, Some(json!({"realm": {"name": "Newer"}}))).await.json(200);
    assert_eq!(call(Method::DELETE, &path, None).await.status, 204);

    call(Method::GET, "users", None).await.json(404);
    call(Method::GET, "users/ada", None).await.json(404);
    call(Method::GET, "events", None).await.json(404);
    call(Method::GET, "login_policies", None).await.json(404);
    call(Method::POST, "users", Some(person("ada", None))).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_one_the_answer_says_what_to_send(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let call = async |method: Method, path: &str, body: Option<Value>| {
        server.call_as(&server.key, None, method, path, body).await
    };
    for path in ["users", "users/ada", "events", "login_policies"] {
        let body = call(Method::GET, path, None).await.json(400);
        assert!(text(&body, "error").contains("realm_id"), "{path}: {body}");
    }
    call(Method::PUT, "users/ada", Some(json!({"user": {"first_name": "Ada"}}))).await.json(400);
    let creates = [
        ("users", person("ada", None)),
        ("login_policies", json!({"login_policy": {"name": "App", "login_handler": "https://a.example/"}})),
        ("sessions", json!({"session": {"user_id": "ada"}})),
    ];
    for (path, body) in creates {
        let answer = call(Method::POST, path, Some(body)).await;
        let sentences = answer.refusals("realm_id");
        assert!(sentences.iter().any(|sentence| sentence.contains("realm_id")), "{path}: {}", answer.text);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_id_tells_its_realm(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let login = server.authenticate("ada").await;
    let call = async |method: Method, path: String| server.call_as(&server.key, None, method, &path, None).await;
    let (user, token) = (text(&user, "id"), text(&login, "token"));
    assert_eq!(call(Method::GET, format!("users/{user}")).await.json(200)["username"], "ada");
    let sessions = call(Method::GET, format!("sessions?user_id={user}")).await.json(200);
    call(Method::GET, format!("sessions/{}", each(&sessions, "id")[0])).await.json(200);
    call(Method::GET, format!("sessions/{token}")).await.json(200);
    call(Method::GET, format!("login_policies/{}", server.made.app.id)).await.json(200);
    assert_eq!(call(Method::DELETE, format!("sessions/{token}")).await.status, 204);
    assert_eq!(call(Method::DELETE, format!("users/{user}")).await.status, 204);
}
