//! A slash at the end and doubled ones mean nothing, on every surface (decisions §3, paths). What is encoded stays.

use reqwest::Method;
use rstest::rstest;
use serde_json::Value;

use crate::support::{Answer, Engine, TestServer};

async fn send(server: &TestServer, host: &str, method: &str, path: &str) -> Answer {
    let request =
        server.client.request(method.parse::<Method>().expect("a method"), format!("{}{path}", server.address));
    let request = request.header("host", host).header("X-Authrocket-Api-Key", &server.key);
    let request = request.header("X-Authrocket-Realm", server.realm());
    Answer::read(request.send().await.expect("an answer")).await
}

/// The same address with slashes that mean nothing.
fn spellings(path: &str) -> [String; 4] {
    let doubled = path.replace('/', "//");
    [format!("{path}/"), format!("/{path}"), doubled.clone(), format!("{doubled}//")]
}

/// What an answer says, apart from what differs between two of the same.
fn said(answer: &Answer) -> (u16, String, String, String) {
    let body = match serde_json::from_str::<Value>(&answer.text) {
        Ok(mut body) => {
            if let Some(map) = body.as_object_mut() {
                map.remove("request_id");
            }
            body.to_string()
        }
        // Of a page its title: tokens and nonces are fresh.
        Err(_) => answer
            .text
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next())
            .unwrap_or_default()
            .to_owned(),
    };
    (answer.status, answer.header("content-type").to_owned(), answer.header("location").to_owned(), body)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn they_mean_nothing_to_the_api(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.calls_per_minute", "0")]).await;
    server.user("ada").await;
    let host = format!("localhost:{}", server.port);
    let base =
        [("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/docs"), ("GET", "/nothing"), ("GET", "/v1/authrocket.js")];
    for (method, route) in gantry_api::listed().into_iter().chain(base) {
        if (method, route) == ("POST", "/v1/jwt_keys") {
            continue; // The one call that makes something of nothing; the others find the same each time.
        }
        let path = route.replace("{key}", "nothing").replace("{id}", "nothing");
        let plain = said(&send(&server, &host, method, &path).await);
        for spelling in spellings(&path) {
            assert_eq!(said(&send(&server, &host, method, &spelling).await), plain, "{method} {spelling}");
        }
    }
    // As a client has it that joins the base URL, which ends in a slash, with a path that begins with one.
    let listed = send(&server, &host, "GET", "/v1//users/?username=ada").await.json(200);
    assert_eq!(listed["collection"][0]["username"], "ada");
    send(&server, &host, "GET", "//v1/users/ada/").await.json(200);
}

#[rstest]
#[tokio::test]
async fn they_mean_nothing_to_loginrocket() {
    let server = TestServer::start(Engine::Sqlite).await;
    let host = format!("acme.localhost:{}", server.port);
    for (method, route) in gantry_loginrocket::listed() {
        let path = route.replace("{provider}", "google").replace("{version}", "1").replace("{file}", "base.css");
        let plain = said(&send(&server, &host, method, &path).await);
        for spelling in spellings(&path) {
            if path == "/" {
                continue; // `//` is tried below.
            }
            assert_eq!(said(&send(&server, &host, method, &spelling).await), plain, "{method} {spelling}");
        }
    }
    // No spelling leads to another site, or past what protects a form.
    for path in ["//evil.example", "//evil.example/", "//evil.example//login", "/%2Fevil.example/"] {
        let answer = send(&server, &host, "GET", path).await;
        assert_eq!((answer.status, answer.header("location")), (404, ""), "{path}");
    }
    for path in ["//", "///?redirect_uri=//evil.example"] {
        let answer = send(&server, &host, "GET", path).await;
        let to = answer.header("location");
        assert!(answer.status == 302 && to.starts_with("/login"), "{path}: {} {to}", answer.status);
    }
    assert_eq!(send(&server, &host, "POST", "//login//").await.status, 403, "a form without its token");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_encoded_stays_as_it_was_sent(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let host = format!("localhost:{}", server.port);
    for path in
        ["/v1/users/ada%2F", "/v1/users/%2Fada", "/v1/users/a%2Fb/", "/v1/users/%2F", "/v1/users/ada%2Fauthenticate"]
    {
        let answer = send(&server, &host, "GET", path).await.json(404);
        assert_eq!(answer["error"], "This user was not found", "{path}");
    }
}
