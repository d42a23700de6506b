//! What every call has in common: content types, sizes, addresses, errors and the request id (api-v1 §1 to §3).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, send, text};
use crate::support::{Answer, Engine, TestServer};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// The headers that prove the caller and name the realm.
fn proof(server: &TestServer) -> [(&str, &str); 2] {
    [("X-Authrocket-Api-Key", server.key.as_str()), ("X-Authrocket-Realm", server.realm())]
}

/// A call with the proof and these headers.
async fn call(server: &TestServer, method: Method, path: &str, more: &[(&str, &str)], body: &str) -> Answer {
    let headers = [&proof(server), more].concat();
    send(server, method, path, &headers, body).await
}

fn person(name: &str) -> String {
    json!({"user": {"user_type": "human", "username": name, "email": format!("{name}@example.com"),
        "password": "tr0mbone-under-glass"}})
    .to_string()
}

/// An error without fields: a sentence and the id of the request, nothing else.
#[track_caller]
fn refused(answer: &Answer, status: u16) -> String {
    let body = answer.json(status);
    let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["error", "request_id"], "{body}");
    assert!(answer.header("content-type").starts_with("application/json"), "{}", answer.header("content-type"));
    assert!(is_id("rq", text(&body, "request_id")), "{body}");
    assert_eq!(body["request_id"], answer.header("x-request-id"));
    text(&body, "error").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn accept_may_be_absent_or_has_to_allow_json(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let get = async |accept: &[(&str, &str)]| call(&server, Method::GET, "/v1/users", accept, "").await;
    get(&[]).await.json(200);
    for accept in ["application/json", "*/*", "application/*", "text/html, application/json;q=0.9", "APPLICATION/JSON"]
    {
        let answer = get(&[("Accept", accept)]).await;
        answer.json(200);
        assert!(answer.header("content-type").starts_with("application/json"));
    }
    for accept in ["text/html", "application/xml", "image/*"] {
        refused(&get(&[("Accept", accept)]).await, 406);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn bodies_are_json_or_nested_forms(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let post =
        async |kind: &str, body: &str| call(&server, Method::POST, "/v1/users", &[("Content-Type", kind)], body).await;
    for (at, kind) in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]
        .into_iter()
        .enumerate()
    {
        post(kind, &person(&format!("json{at}"))).await.json(201);
    }
    let form = "user[user_type]=human&user[username]=ada&user%5Bemail%5D=Ada%2Bx%40example.com&user[first_name]=Ada+B\
        &user[password]=tr0mbone-under-glass&user[custom][plan]=gold&user[custom][tags][]=a&user[custom][tags][]=b\
        &request[ip]=192.0.2.7&request[client]=Shop%2F1.0";
    let made = post("application/x-www-form-urlencoded", form).await.json(201);
    assert_eq!(made["email"], "ada+x@example.com");
    assert_eq!(made["first_name"], "Ada B");
    assert_eq!(made["custom"], json!({"plan": "gold", "tags": ["a", "b"]}));
    let path = format!("events?user_id={}", text(&made, "id"));
    let events = server.get(&path).await.json(200);
    assert_eq!(events["collection"][0]["request"], json!({"ip": "192.0.2.7", "client": "Shop/1.0"}));

    for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp"] {
        refused(&post(kind, &person("eve")).await, 415);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn empty_and_odd_bodies_of_known_clients_pass(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    // A POST with a JSON type and nothing, or with an empty object: only the fields are missing.
    for body in ["", "{}", "[]", r#"{"user": {}}"#] {
        let answer = call(&server, Method::POST, "/v1/users", &[JSON], body).await;
        assert!(!answer.refusals("username").is_empty(), "{body:?}: {}", answer.text);
    }
    call(&server, Method::GET, "/v1/users", &[JSON], "").await.json(200);
    call(&server, Method::GET, "/v1/users?after=&max_results=", &[JSON], "").await.json(200);
    for (name, body) in [("ada", ""), ("bob", "{}"), ("eve", r#"{"request": {"ip": "192.0.2.7"}}"#)] {
        server.user(name).await;
        server.clock.advance(1); // ids are in the order of their milliseconds
        let answer = call(&server, Method::DELETE, &format!("/v1/users/{name}"), &[JSON], body).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{body:?}");
    }
    let events = server.get("events?event_type=user.deleted").await.json(200);
    assert_eq!(events["collection"][0]["request"]["ip"], "192.0.2.7", "of a DELETE's body");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_cannot_be_read_is_400_and_what_is_too_large_413(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("body_limit_bytes", "20000")]).await;
    for body in ["{", "{\"user\": ", "nonsense", "\"text\"", "[1]", "7", "{\"user\": {}} more"] {
        refused(&call(&server, Method::POST, "/v1/users", &[JSON], body).await, 400);
    }
    let long = json!({"user": {"reference": "x".repeat(20_001)}}).to_string();
    refused(&call(&server, Method::POST, "/v1/users", &[JSON], &long).await, 413);
    let fits = json!({"user": {"reference": "x".repeat(19_000)}}).to_string();
    call(&server, Method::POST, "/v1/users", &[JSON], &fits).await.json(422);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unknown_addresses_and_methods_are_told_in_json(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/users/ada/nothing", "/v1/Users", "/v2/users"] {
        let answer = call(&server, Method::GET, path, &[], "").await;
        if path.starts_with("/v1/") {
            refused(&answer, 404);
        }
        assert_eq!(answer.status, 404, "{path}");
    }
    let wrong = [
        (Method::DELETE, "/v1/users"),
        (Method::PATCH, "/v1/users/ada"),
        (Method::POST, "/v1/users/ada"),
        (Method::GET, "/v1/users/ada/authenticate"),
        (Method::PUT, "/v1/sessions/kss_0000000000000000000000"),
        (Method::POST, "/v1/events"),
        (Method::DELETE, "/v1/events/ev_0000000000000000000000"),
    ];
    for (method, path) in wrong {
        refused(&call(&server, method, path, &[], "").await, 405);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_answer_has_an_id_of_its_own(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let body = person("ada");
    let mut answers = vec![
        send(&server, Method::GET, "/v1/users", &[], "").await,
        call(&server, Method::GET, "/v1/users", &[("X-Request-ID", "mine")], "").await,
        call(&server, Method::POST, "/v1/users", &[JSON], &body).await,
        call(&server, Method::POST, "/v1/users", &[JSON], &body).await,
        call(&server, Method::POST, "/v1/users", &[JSON], "{").await,
        call(&server, Method::POST, "/v1/users", &[("Content-Type", "text/plain")], "x").await,
        call(&server, Method::POST, "/v1/users/ada/authenticate", &[JSON], r#"{"password": "wrong"}"#).await,
        call(&server, Method::GET, "/v1/users", &[("Accept", "text/html")], "").await,
        call(&server, Method::GET, "/v1/nothing", &[], "").await,
        call(&server, Method::PATCH, "/v1/users/ada", &[], "").await,
    ];
    answers.push(call(&server, Method::DELETE, "/v1/users/ada", &[], "").await);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [403, 200, 201, 422, 400, 415, 401, 406, 404, 405, 204]);
    let mut ids: Vec<&str> = answers.iter().map(|answer| answer.header("x-request-id")).collect();
    assert!(ids.iter().all(|id| is_id("rq", id)), "{ids:?}");
    for answer in answers.iter().filter(|answer| answer.status >= 400) {
        let body: Value = serde_json::from_str(&answer.text).expect("JSON");
        assert_eq!(body["request_id"], answer.header("x-request-id"), "{}", answer.text);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), answers.len());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_422_has_sentences_by_field_and_all_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let body = call(&server, Method::POST, "/v1/users", &[JSON], r#"{"user": {"email": "nonsense"}}"#).await.json(422);
    let errors = body["errors"].as_object().expect("a hash of arrays");
    let mut sentences = Vec::new();
    for (field, texts) in errors {
        for text in texts.as_array().expect("an array") {
            let text = text.as_str().expect("a sentence");
            let label = field.replace('_', " ");
            assert!(text.to_lowercase().starts_with(&label), "clients show the values only: {field}: {text}");
            sentences.push(text);
        }
    }
    assert!(sentences.len() >= 4, "{body}");
    let message = text(&body, "message");
    assert!(sentences.iter().all(|sentence| message.contains(sentence)), "{body}");
    assert!(!text(&body, "error").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_end_users_address_and_client_are_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let request = json!({"ip": "192.0.2.7", "client": "Mozilla/5.0 (X11)"});
    let login = json!({"password": "tr0mbone-under-glass", "request": request});
    let token = server.post("users/ada/authenticate", login).await.json(200);
    let session = server.get(&format!("sessions/{}", text(&token, "token"))).await.json(200);
    assert_eq!(session["request"], request);
    let list = server.get(&format!("sessions?user_id={}", text(&user, "id"))).await.json(200);
    assert_eq!(list["collection"][0]["request"], request);
    let events = server.get("events?event_type=user.login").await.json(200);
    assert_eq!(events["collection"][0]["request"], request);
    // Beside the root, not in it; early clients had it in the session.
    let change = json!({"user": {"first_name": "Augusta"}, "request": request});
    server.put("users/ada", change).await.json(200);
    let events = server.get("events?event_type=user.updated").await.json(200);
    assert_eq!(events["collection"][0]["request"], request);
    let early = json!({"session": {"user_id": user["id"], "ip": "192.0.2.8", "client": "Old"}});
    let session = server.post("sessions", early).await.json(201);
    assert_eq!(session["request"], json!({"ip": "192.0.2.8", "client": "Old"}));
    let path = "users/ada?request[ip]=192.0.2.9&request%5Bclient%5D=Query";
    assert_eq!(server.delete(path).await.status, 204);
    let events = server.get("events?event_type=user.deleted").await.json(200);
    assert_eq!(events["collection"][0]["request"], json!({"ip": "192.0.2.9", "client": "Query"}));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_request_hash_that_cannot_be_read_is_ignored(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    // As the early Ruby layer printed a hash: {"ip"=>"192.0.2.7"}
    let mangled = "%7B%22ip%22%3D%3E%22192.0.2.7%22%7D";
    let list = server.get(&format!("users?request={mangled}")).await.json(200);
    assert_eq!(each(&list, "username"), ["ada"]);
    for request in [json!("mangled"), json!(7), json!([]), json!(null), json!({"ip": 7, "client": {}})] {
        let change = json!({"user": {"first_name": "Augusta"}, "request": request});
        server.put("users/ada", change).await.json(200);
    }
    let events = server.get("events?event_type=user.updated").await.json(200);
    let events = events["collection"].as_array().expect("events").clone();
    assert_eq!(events.len(), 5);
    assert!(events.iter().all(|event| event["request"].is_null()), "{events:?}");
    assert_eq!(server.delete(&format!("users/ada?request={mangled}")).await.status, 204);
}
