//! Tests of the app against a fake server that answers as the API is documented.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{delete, post};
use axum::{Json, Router};
use gantry_crypto::Random;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::{SampleApp, router};

const KEY: &str = "ko_0YTIbM4Da9ezu1JaQzZbpK";
const REALM: &str = "rl_0YTIbM4Da9ezu1JaQzZbpK";
const SECRET: &str = "jsk_a-secret-that-only-this-realm-has-0123456789";

/// State of the fake server: the live tokens, and the requests that it received.
#[derive(Clone, Default)]
struct Server {
    live: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn hear(&self, what: String, headers: &HeaderMap) -> bool {
        self.asked.lock().expect("the log").push(what);
        headers["content-type"] == "application/json"
            && headers["accept"] == "application/json"
            && headers["x-authrocket-realm"] == REALM
            && headers["x-authrocket-api-key"] == KEY
    }

    fn end_all(&self) {
        self.live.lock().expect("the tokens").clear();
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().expect("the log"))
    }
}

async fn verify(
    State(server): State<Server>,
    headers: HeaderMap,
    Json(body): Json<serde_json::Value>,
) -> axum::response::Response {
    let token = body["token"].as_str().expect("a token").to_owned();
    if !server.hear(format!("verify {token}"), &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if !server.live.lock().expect("the tokens").contains(&token) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let user = json!({"object": "user", "id": "usr_1", "name": "Ada <b>Lovelace</b>", "username": "ada",
        "email": "ada@example.com"});
    let session = json!({"object": "session", "id": "kss_1", "user_id": "usr_1", "created_at": 1_396_582_483.874,
        "expires_at": 1_396_604_083, "user": user});
    // Stands for a path of the API that returns something other than a session.
    if token == *OTHER { user.to_string().into_response() } else { session.to_string().into_response() }
}

async fn delete_session(State(server): State<Server>, Path(token): Path<String>, headers: HeaderMap) -> StatusCode {
    server.hear(format!("DELETE session {token}"), &headers);
    server.live.lock().expect("the tokens").retain(|live| *live != token);
    StatusCode::NO_CONTENT
}

async fn anything_else(State(server): State<Server>, method: Method, uri: Uri) -> StatusCode {
    server.asked.lock().expect("the log").push(format!("{method} {uri}"));
    StatusCode::OK
}

/// Returns a token as the server signs it, which expires in the year 2100.
fn token(secret: &str) -> String {
    gantry_crypto::install_provider();
    let claims = json!({"tk": "kss_1", "uid": "usr_1", "un": "ada", "exp": 4_102_444_800_i64});
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}

struct Browser {
    app: Router,
    server: Server,
    cookie: Option<String>,
}

async fn browser(own_url: &str, live: &[&str]) -> Browser {
    let server = Server::default();
    server.live.lock().expect("the tokens").extend(live.iter().map(|token| (*token).to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let api_url = format!("http://{}/v1/", listener.local_addr().expect("its address"));
    let api = Router::new()
        .route("/v1/sessions/verify", post(verify))
        .route("/v1/sessions/{token}", delete(delete_session))
        .fallback(anything_else)
        .with_state(server.clone());
    tokio::spawn(async move { axum::serve(listener, api).await });
    Browser { app: app(api_url, own_url), server, cookie: None }
}

fn app(api_url: String, own_url: &str) -> Router {
    // Another test may have installed it already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let settings = SampleApp {
        api_url,
        api_key: KEY.into(),
        realm: REALM.into(),
        jwt_secret: SECRET.into(),
        login_url: "http://acme.localhost:8000/".into(),
        own_url: own_url.into(),
    };
    router(settings, Random::seeded(1)).expect("an app")
}

impl Browser {
    async fn send(&mut self, method: &str, path: &str, site: Option<&str>) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.app.clone().oneshot(request).await.expect("an answer");
        if let Some(cookie) = answer.headers().get(header::SET_COOKIE) {
            let pair = cookie.to_str().expect("text").split(';').next().expect("a pair");
            self.cookie = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Response<Body> {
        self.send("GET", path, None).await
    }
}

fn location(answer: &Response<Body>) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().expect("text")
}

async fn text(answer: Response<Body>) -> String {
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

const OWN: &str = "http://localhost:8001/";

/// A live token. The app checks only its form.
const TOKEN: &str = "e30.eyJ0ayI6Imtzc18xIn0.c2lnbmF0dXJl";
/// A token for which the server returns a user instead of a session.
const OTHER: &str = "e30.eyJ0ayI6InVzcl8xIn0.c2lnbmF0dXJl";

#[tokio::test]
async fn a_login_is_confirmed_shown_and_ended() {
    let token = token(SECRET);
    let mut browser = browser(OWN, &[&token]).await;
    let answer = browser.get(&format!("/login?token={token}")).await;
    assert_eq!(location(&answer), "/hello");
    let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/"), "{cookie}");
    assert!(!cookie.contains(&token));

    let hello = text(browser.get("/hello").await).await;
    assert!(hello.contains("Hello Ada &lt;b&gt;Lovelace&lt;&#x2f;b&gt;"), "{hello}");
    assert!(hello.contains("ada@example.com") && hello.contains("360 minutes"), "{hello}");
    assert_eq!(browser.server.asked(), [format!("verify {token}"), format!("verify {token}")]);

    let answer = browser.send("POST", "/logout", Some("same-origin")).await;
    assert_eq!(location(&answer), "http://acme.localhost:8000/logout");
    assert_eq!(browser.server.asked(), [format!("DELETE session {token}")]);
    assert_eq!(browser.cookie, None);
}

/// No token that an attacker can put into a link logs the browser in or causes a call to another path.
#[tokio::test]
async fn a_token_that_the_server_does_not_know_is_no_login() {
    let mut browser = browser(OWN, &[OTHER]).await;
    let long = format!("e30.{}.e30", "a".repeat(20_000));
    let hostile = [
        "",
        "kss_2",
        ".",
        "..",
        "...",
        "../users",
        "../memberships/mb_1",
        "x/../../users",
        "../users/ada",
        "a?b",
        "a#b",
        "%2e%2e%2f",
        "..\\users",
        "a.b.c/../../users",
        "a.b.c?realm_id=1",
        "a.b.c\n",
        "\n",
        "\0",
        "a.b.c\0",
        "a..c",
        &long,
    ];
    for token in hostile {
        let query: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
        let answer = browser.get(&format!("/login?token={query}")).await;
        assert_eq!(location(&answer), "http://acme.localhost:8000/login", "{token}");
        assert_eq!(browser.cookie, None);
    }
    assert!(browser.server.asked().is_empty());
    for unknown in ["e30.e30.e30", OTHER] {
        let answer = browser.get(&format!("/login?token={unknown}")).await;
        assert_eq!(location(&answer), "http://acme.localhost:8000/login", "{unknown}");
        assert_eq!(browser.cookie, None);
        assert_eq!(browser.server.asked(), [format!("verify {unknown}")]);
    }
}

#[tokio::test]
async fn a_logout_elsewhere_is_noticed() {
    let mut browser = browser(OWN, &[TOKEN]).await;
    browser.get(&format!("/login?token={TOKEN}")).await;
    let cookie = browser.cookie.clone();
    browser.server.end_all();
    let answer = browser.get("/hello").await;
    assert_eq!(location(&answer), "http://acme.localhost:8000/login?redir=/hello");
    assert_eq!(browser.cookie, None);
    browser.cookie = cookie;
    browser.server.asked();
    location(&browser.get("/jwt").await);
    assert!(browser.server.asked().is_empty(), "the app has forgotten its session too");
}

#[tokio::test]
async fn the_token_is_verified_without_the_server() {
    let (good, forged) = (token(SECRET), token("jsk_another-secret"));
    let mut browser = browser(OWN, &[&good, &forged]).await;
    browser.get(&format!("/login?token={good}")).await;
    let page = text(browser.get("/jwt").await).await;
    assert!(page.contains("<th scope=\"row\">uid</th><td>usr_1</td>"), "{page}");
    browser.get(&format!("/login?token={forged}")).await;
    assert_eq!(browser.get("/jwt").await.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn after_the_login_comes_the_page_that_was_wanted_if_it_is_ours() {
    let mut browser = browser(OWN, &[TOKEN]).await;
    assert_eq!(location(&browser.get(&format!("/login?token={TOKEN}&redir=%2Fjwt")).await), "/jwt");
    assert_eq!(location(&browser.get(&format!("/login?token={TOKEN}&redir=%2F%2Fevil.example")).await), "/hello");
}

#[tokio::test]
async fn each_login_gets_its_own_cookie_and_another_site_cannot_log_out() {
    let mut browser = browser("https://app.example.com/", &[TOKEN]).await;
    let first = browser.get(&format!("/login?token={TOKEN}")).await;
    assert!(first.headers()[header::SET_COOKIE].to_str().expect("text").contains("; Secure"));
    let planted = browser.cookie.clone();
    browser.get(&format!("/login?token={TOKEN}")).await;
    assert_ne!(browser.cookie, planted);
    for site in ["cross-site", "same-site"] {
        assert_eq!(browser.send("POST", "/logout", Some(site)).await.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(browser.get("/hello").await.status(), StatusCode::OK);
    browser.cookie = planted;
    location(&browser.get("/hello").await);
}

#[tokio::test]
async fn every_answer_keeps_the_token_to_itself() {
    let mut browser = browser(OWN, &[TOKEN]).await;
    let login = format!("/login?token={TOKEN}");
    for path in ["/", &login, "/hello", "/jwt", "/assets/sample_app.css", "/nothing"] {
        let answer = browser.get(path).await;
        let headers = answer.headers();
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none';") && policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self' http://acme.localhost:8000;"), "{policy}");
    }
    let home = text(browser.get("/").await).await;
    assert!(home.contains("http:&#x2f;&#x2f;acme.localhost:8000&#x2f;signup"), "{home}");
}

#[tokio::test]
async fn without_the_server_there_is_an_answer_and_no_login() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("its address");
    let app = app(format!("http://{closed}/v1/"), OWN);
    let request = Request::builder().uri(format!("/login?token={TOKEN}")).body(Body::empty()).expect("a request");
    let answer = app.oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(!answer.headers().contains_key(header::SET_COOKIE));
}
