//! No answer is the framework's own: on the API's host every error is JSON with the request's id, on LoginRocket hosts it
//! is a page, or of the shape of its API. Every route is tried with what no handler gets to see.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use rstest::rstest;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, Engine, TestServer};

/// What is wrong with a request.
struct Odd {
    about: &'static str,
    method: Method,
    path: String,
    content_type: &'static str,
    body: Vec<u8>,
}

/// Everything that can be wrong with a request to this route before a handler sees it. `others` are methods that the
/// address does not have.
fn odd(method: &str, route: &str, others: &[Method], limit: usize) -> Vec<Odd> {
    let filled = |with: &str| {
        let part = |part: &str| if part.starts_with('{') { with.to_owned() } else { part.to_owned() };
        route.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let method: Method = method.parse().expect("a method");
    let one = |about, path: String, content_type, body: &[u8]| Odd {
        about,
        method: method.clone(),
        path,
        content_type,
        body: body.to_vec(),
    };
    let mut all = vec![one("a query that is not UTF-8", format!("{}?a=%ff", filled("nothing")), "", b"")];
    if route.contains('{') {
        all.push(one("a path that is not UTF-8", filled("%ff"), "", b""));
        all.push(one("a NUL in the path", filled("%00"), "", b""));
    }
    for other in others {
        all.push(Odd { method: other.clone(), ..one("another method", filled("nothing"), "", b"") });
    }
    if method != Method::GET {
        let path = filled("nothing");
        all.extend([
            one("nothing", path.clone(), "", b""),
            one("nothing, as JSON", path.clone(), "application/json", b""),
            one("another type", path.clone(), "text/plain", b"x"),
            one("broken JSON", path.clone(), "application/json", b"{\"a\""),
            one("JSON that is not UTF-8", path.clone(), "application/json", b"{\"a\": \"\xff\"}"),
            one("JSON that is no object", path.clone(), "application/json", b"[1]"),
            one("JSON that is too deep", path.clone(), "application/json", "[".repeat(5000).as_bytes()),
            one("a form that is not UTF-8", path.clone(), "application/x-www-form-urlencoded", b"a=%ff"),
            one(
                "a form of too many fields",
                path.clone(),
                "application/x-www-form-urlencoded",
                "a&".repeat(1001).as_bytes(),
            ),
            one("too much", path, "application/json", &vec![b' '; limit + 1]),
        ]);
    }
    all
}

/// The methods that none of the address's routes has.
fn others(routes: &[(&'static str, String)], path: &str) -> Vec<Method> {
    let all = ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"];
    let has = |method: &str| routes.iter().any(|(known, route)| *known == method && route == path);
    all.into_iter().filter(|method| !has(method)).map(|method| method.parse().expect("a method")).collect()
}

async fn send(server: &TestServer, host: &str, odd: &Odd) -> Answer {
    let mut request = server.client.request(odd.method.clone(), format!("{}{}", server.address, odd.path));
    request = request.header("host", host).header("X-Authrocket-Api-Key", &server.key);
    request = request.header("X-Authrocket-Realm", server.realm());
    if !odd.content_type.is_empty() {
        request = request.header("content-type", odd.content_type);
    }
    if !odd.body.is_empty() {
        request = request.body(odd.body.clone());
    }
    Answer::read(request.send().await.expect("an answer")).await
}

/// JSON with a sentence and the id that the header has.
#[track_caller]
fn is_of_the_api(answer: &Answer, what: &str) {
    let kind = answer.header("content-type");
    assert!(kind.starts_with("application/json"), "{what}: {} {kind:?} {}", answer.status, answer.text);
    let body: Value = serde_json::from_str(&answer.text).expect("JSON");
    let error = body["error"].as_str().unwrap_or_default();
    assert!(error.len() > 10 && body["request_id"] == answer.header("x-request-id"), "{what}: {body}");
    assert!(answer.header("x-request-id").starts_with("rq_"), "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_api_tells_every_error_in_its_shape(#[case] engine: Engine) {
    let settings = [("rates.calls_per_minute", "0"), ("body_limit_bytes", "65536")];
    let server = TestServer::with(engine, &settings).await;
    let host = format!("localhost:{}", server.port);
    let routes: Vec<(&str, String)> = gantry_api::listed().into_iter().map(|(m, path)| (m, path.to_owned())).collect();
    let mut statuses: BTreeMap<u16, u32> = BTreeMap::new();
    for (method, route) in &routes {
        let others =
            if *method == "GET" || *route == "/v1/app_hooks/{id}/ping" { others(&routes, route) } else { vec![] };
        for odd in odd(method, route, &others, 65_536) {
            let answer = send(&server, &host, &odd).await;
            let what = format!("{} {} with {}", odd.method, odd.path, odd.about);
            *statuses.entry(answer.status).or_default() += 1;
            if answer.status >= 400 {
                is_of_the_api(&answer, &what);
            }
            let expected: &[u16] = match odd.about {
                "another method" => &[405],
                "another type" => &[415],
                "too much" => &[413],
                "a NUL in the path" => &[404],
                "nothing" | "nothing, as JSON" => continue,
                _ => &[400],
            };
            assert!(expected.contains(&answer.status), "{what}: {} {}", answer.status, answer.text);
            if answer.status == 405 {
                assert!(!answer.header("allow").is_empty(), "{what}");
            }
        }
    }
    assert!(statuses.values().sum::<u32>() > 400, "{statuses:?}");
    assert!(!statuses.contains_key(&500), "{statuses:?}");
}

/// What is on the API's host besides.
#[rstest]
#[tokio::test]
async fn the_rest_of_its_host_does_too() {
    let server = TestServer::start(Engine::Sqlite).await;
    let host = format!("localhost:{}", server.port);
    for (method, path, status) in [
        ("DELETE", "/healthz", 405),
        ("POST", "/readyz", 405),
        ("POST", "/docs", 405),
        ("PUT", "/docs/openapi.json", 405),
        ("POST", "/v1/authrocket.js", 405),
        ("GET", "/assets/1/nothing.css", 404),
        ("GET", "/assets/%ff/nothing.css", 400),
        ("POST", "/assets/1/nothing.css", 405),
        ("GET", "/nothing", 404),
        ("GET", "/v1", 404),
        ("GET", "/v2/users", 404),
        ("GET", "/%ff", 404),
        ("OPTIONS", "/v1/users", 405),
        ("HEAD", "/nothing", 404),
    ] {
        let odd = Odd {
            about: "",
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            content_type: "",
            body: vec![],
        };
        let answer = send(&server, &host, &odd).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        if method != "HEAD" {
            is_of_the_api(&answer, &format!("{method} {path}"));
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn loginrocket_tells_every_error_as_a_page_or_in_its_apis_shape(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let host = format!("acme.localhost:{}", server.port);
    let routes = gantry_loginrocket::listed();
    let mut seen = 0;
    let fixed = ["/v1/authrocket.js", "/v1/proof_of_work.js", "/v1/nothing", "/v1", "/nothing", "/%ff"];
    let fixed = fixed.map(|path| ("GET", path.to_owned()));
    for (method, route) in routes.iter().chain(&fixed) {
        // OPTIONS is how browsers ask, and HEAD has no body.
        for odd in odd(method, route, &others(&routes, route), gantry_loginrocket::LARGEST_FORM) {
            if odd.method == Method::GET && fixed[..2].iter().any(|(_, path)| path == route) {
                continue;
            }
            let answer = send(&server, &host, &odd).await;
            let what = format!("{} {} with {}: {} {}", odd.method, odd.path, odd.about, answer.status, answer.text);
            let kind = answer.header("content-type");
            if odd.about == "another method" && !fixed[2..].iter().any(|(_, path)| path == route) {
                assert_eq!(answer.status, 405, "{what}");
            }
            assert!(answer.status != 500 && answer.status != 0, "{what}");
            if answer.status < 400 {
                continue;
            }
            seen += 1;
            if route.starts_with("/v1") || kind.starts_with("application/json") {
                assert!(kind.starts_with("application/json"), "{what}");
                let body: Value = serde_json::from_str(&answer.text).expect("JSON");
                assert!(body["error"].as_str().is_some_and(|error| error.len() > 10), "{what}");
            } else {
                assert!(kind.starts_with("text/html"), "{kind:?} {what}");
                assert!(answer.text.contains("<h1") && !answer.header("content-security-policy").is_empty(), "{what}");
            }
            assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
        }
    }
    assert!(seen > 150, "{seen}");
}

/// A request whose body never comes is given up in the same shapes.
#[rstest]
#[tokio::test]
async fn what_takes_too_long_is_told_in_the_same_shapes() {
    let server = TestServer::with(Engine::Sqlite, &[("request_timeout_seconds", "1")]).await;
    let hang = async |host: &str, path: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.expect("a connection");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}:{}\r\nx-authrocket-api-key: {}\r\ncontent-type: application/json\r\n\
             content-length: 10\r\nconnection: close\r\n\r\n",
            server.port, server.key
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut text = String::new();
        let read = stream.read_to_string(&mut text);
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("an answer").expect("text");
        assert!(text.starts_with("HTTP/1.1 503 ") && text.to_lowercase().contains("retry-after: 1\r\n"), "{text}");
        text
    };
    let api = hang("localhost", "/v1/users").await;
    assert!(api.contains("{\"error\":\"The server is busy, please try again\",\"request_id\":\"rq_"), "{api}");
    let page = hang("acme.localhost", "/login").await;
    assert!(page.contains("<h1") && page.contains("content-type: text/html"), "{page}");
    let call = hang("acme.localhost", "/v1/login").await;
    assert!(call.contains("{\"error\":\"") && call.contains("content-type: application/json"), "{call}");
}
