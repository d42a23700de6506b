//! Check 15 for every route there is: with the token of a login that waits for its second factor, wherever it is put, no
//! route gives a session, a login token or a cookie of one. The routes come from the routers.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::two_factor::{enrolled, first_step};
use crate::loginrocket::visit::{PASSWORD, csrf, events, log_in, set_app, set_login_rocket};
use crate::support::{Answer, Browser, Engine, TestServer};

/// The names under which secrets are taken anywhere.
const NAMES: [&str; 13] = [
    "token",
    "session",
    "code",
    "state",
    "api_key",
    "access_token",
    "id_token",
    "refresh_token",
    "login_token",
    "session_token",
    "csrf",
    "current_password",
    "jwt",
];

/// The cookies that the pages read.
const COOKIES: [&str; 4] = ["gantry_session", "gantry_browser", "gantry_social", "gantry_identity"];

/// Whether the answer holds what opens something: a JWT, a session's id, or a cookie that remembers a login.
fn opens_something(answer: &Answer) -> bool {
    let told = format!("{} {} {}", answer.text, answer.header("location"), answer.header("authorization"));
    let words: Vec<&str> = told.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).collect();
    let is_jwt = |word: &&str| word.starts_with("ey") && word.split('.').count() == 3 && word.len() > 40;
    let is_session = |word: &&str| word.starts_with("kss_") && word.len() == 26;
    let kept = answer.headers.get_all("set-cookie").iter().any(|line| {
        let line = line.to_str().expect("text");
        ["gantry_session=", "gantry_browser="].iter().any(|name| line.contains(name)) && !line.contains("Max-Age=0")
    });
    words.iter().any(|word| is_jwt(word) || is_session(word)) || kept
}

/// A path with this in its places.
fn filled(path: &str, value: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { value } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// The token under every name, with the fields that a login takes beside it.
fn fields(token: &str, password: &str) -> Value {
    let mut body = json!({"username": "ada", "email": "ada@example.com", "password": password});
    for name in NAMES {
        body[name] = json!(token);
    }
    let mut whole = body.clone();
    for root in ["user", "session", "credential", "user_token"] {
        whole[root] = body.clone();
    }
    whole["session"] = json!(token);
    whole
}

/// Each route of a host but those that need the account's key, which is the app's server's and not a person's.
async fn everywhere(server: &TestServer) -> usize {
    let mut tried = 0;
    for (method, path) in gantry_loginrocket::listed() {
        for in_path in [false, true] {
            // A fresh one each time: wrong codes spend it.
            let token = &*first_step(server).await;
            assert!(token.starts_with("kli_"));
            let (place, password) = if in_path { (token, PASSWORD) } else { ("ada", token) };
            let method: Method = method.parse().expect("a method");
            let path = filled(&path, place);
            let line = COOKIES.map(|name| format!("{name}={token}")).join("; ");
            let query = NAMES.map(|name| format!("{name}={token}")).join("&");
            let browser = server.browser();
            let answers = [
                sent(server, &browser, (&method, &format!("{path}?{query}")), &line, token, password).await,
                by_json(server, (&method, &path), &line, &fields(token, password)).await,
            ];
            for answer in answers {
                assert!(!opens_something(&answer), "{method} {path}: {answer:?}");
                tried += 1;
            }
        }
    }
    let token = &*first_step(server).await;
    for (method, path) in gantry_api::listed() {
        let method: Method = method.parse().expect("a method");
        let path = filled(path, token);
        // In place of the key, where the key would be.
        let path = path.trim_start_matches("/v1/");
        let answer = server.call_as(token, Some(server.realm()), method.clone(), path, Some(json!({}))).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
        tried += 1;
    }
    tried
}

/// As a form of one of our pages, from a browser that holds the token in every cookie.
async fn sent(
    server: &TestServer,
    browser: &Browser,
    (method, path): (&Method, &str),
    line: &str,
    token: &str,
    password: &str,
) -> Answer {
    let form = csrf(&browser.get("/signup").await);
    let cookie = format!("gantry_csrf={}; {line}", browser.cookies()["gantry_csrf"]);
    let mut fields = vec![("csrf", &*form), ("username", "nobody"), ("password", password)];
    fields.extend(NAMES.iter().filter(|name| **name != "csrf").map(|name| (*name, token)));
    server.browser().send(method.clone(), path, &fields, &[("cookie", &cookie)]).await
}

async fn by_json(server: &TestServer, (method, path): (&Method, &str), line: &str, body: &Value) -> Answer {
    let request = server.client.request(method.clone(), format!("{}{path}", server.address));
    let request = request.header("host", "acme.localhost").header("cookie", line).header("authorization", line);
    let request = request.header("origin", "https://app.example.com");
    Answer::read(request.json(body).send().await.expect("an answer")).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_route_takes_a_pending_login_for_a_login(#[case] engine: Engine) {
    let tries = [("tries.per_user", "1000"), ("tries.per_address", "1000"), ("tries.signups_per_address", "1000")];
    let generous = [&tries[..], &[("rates.wrong_keys_per_minute", "0")]].concat();
    let server = TestServer::with(engine, &generous).await;
    enrolled(&server).await;
    set_login_rocket(&server, &json!({"sso": "seamless"}), "active").await;
    set_app(&server, json!({"jsonp": true})).await;
    let tried = everywhere(&server).await;
    assert!(tried > 100, "only {tried}");
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
    // The rule sees what it looks for.
    server.user("bob").await;
    let login = log_in(&server.browser(), "/login", "bob", PASSWORD).await;
    assert!(opens_something(&login));
}
