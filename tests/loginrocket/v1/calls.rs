//! What the tests of the LoginRocket API share: calling it from a page of the app, or from anywhere else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestServer};

/// The origin of the app's login handler.
pub const APP: &str = "https://app.example.com";

/// Every call.
pub const CALLS: [&str; 11] = [
    "login",
    "login/code",
    "logout",
    "signup",
    "password/forgot",
    "password/reset",
    "password/update",
    "email/verify",
    "email/request",
    "session",
    "auth_providers",
];

/// A call by a script of the app's page in this browser.
pub async fn from_page(browser: &Browser, call: &str, body: Value) -> Answer {
    from(browser, APP, call, body).await
}

/// A call by a script of a page of this origin.
pub async fn from(browser: &Browser, origin: &str, call: &str, body: Value) -> Answer {
    browser.json(&format!("/v1/{call}"), &body, &[("origin", origin), ("sec-fetch-site", "cross-site")]).await
}

/// A call by something that is no browser.
pub async fn from_server(server: &TestServer, call: &str, body: Value) -> Answer {
    server.browser().json(&format!("/v1/{call}"), &body, &[]).await
}

/// A call by GET, with this query, from wherever the headers say.
pub async fn by_get(browser: &Browser, call: &str, query: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    browser.send(Method::GET, &format!("/v1/{call}?{query}"), &[], headers).await
}

/// Logs in from the app's page.
pub async fn log_in(browser: &Browser, username: &str, password: &str) -> Answer {
    from_page(browser, "login", json!({"username": username, "password": password})).await
}

/// The success's body.
#[track_caller]
pub fn done(answer: &Answer) -> Value {
    let body = answer.json(200);
    assert_eq!(body["error"], Value::Null, "{body}");
    body
}

/// The token of a success.
#[track_caller]
pub fn token(answer: &Answer) -> String {
    done(answer)["token"].as_str().expect("a token").to_owned()
}

/// The sentence of a refusal, which comes with status 200, no token and no cookie.
#[track_caller]
pub fn error(answer: &Answer) -> String {
    let body = answer.json(200);
    assert_eq!((&body["token"], &body["url"]), (&Value::Null, &Value::Null), "{body}");
    assert_eq!(answer.header("set-cookie"), "");
    body["error"].as_str().unwrap_or_else(|| panic!("no error: {body}")).to_owned()
}

/// Whether the browser remembers a login.
pub fn is_remembered(browser: &Browser) -> bool {
    browser.cookies().contains_key("gantry_session")
}

/// Whether the API knows a live session by this token.
pub async fn is_live(server: &TestServer, token: &str) -> bool {
    server.get(&format!("sessions/{token}")).await.status == 200
}
