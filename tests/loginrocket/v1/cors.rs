//! Pages of other origins: which may call, and what the others get (decisions §4; check 36).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::calls::{APP, CALLS, by_get, done, from, from_page, is_remembered, log_in, token};
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, events, set_app};
use crate::support::{Answer, Browser, Engine, TestServer};

const PREFLIGHT: [(&str, &str); 2] =
    [("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];

async fn preflight(browser: &Browser, origin: &str, call: &str) -> Answer {
    let headers = [&[("origin", origin)][..], &PREFLIGHT].concat();
    browser.send(Method::OPTIONS, &format!("/v1/{call}"), &[], &headers).await
}

#[track_caller]
fn tells_no_page(answer: &Answer) {
    let told = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(told.count(), 0, "{:?}", answer.headers);
}

async fn widened(server: &TestServer) {
    let origins = json!({
        "signup_handler": "https://signup.example:8443/in", "redirect_uris": ["http://localhost:3000/cb"],
        "allowed_origins": ["https://www.example.org", "https://b\u{fc}cher.example"],
    });
    set_app(server, origins).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_of_the_app_may_call_and_read(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    widened(&server).await;
    let own = format!("http://acme.localhost:{}", server.port);
    for origin in [
        APP,
        "https://signup.example:8443",
        "http://localhost:3000",
        "https://www.example.org",
        "https://xn--bcher-kva.example",
        &own,
    ] {
        for call in CALLS {
            let asked = preflight(&server.browser(), origin, call).await;
            assert_eq!((asked.status, &*asked.text), (204, ""), "{origin} {call}");
            assert_eq!(asked.header("access-control-allow-origin"), origin);
            assert_eq!(asked.header("access-control-allow-credentials"), "true");
            assert_eq!(asked.header("access-control-allow-methods"), "GET, POST");
            assert!(asked.header("access-control-allow-headers").contains("content-type"));
            assert_eq!(asked.header("access-control-max-age"), "7200");
            assert_eq!(asked.header("vary"), "origin");
        }
        let browser = server.browser();
        let login = json!({"username": "ada", "password": PASSWORD});
        let made = from(&browser, origin, "login", login).await;
        token(&made);
        assert_eq!(made.header("access-control-allow-origin"), origin);
        assert_eq!(made.header("vary"), "origin");
        assert!(is_remembered(&browser));
        // Refusals are read as well.
        for (call, status) in [("login", 200), ("nothing", 404)] {
            let refused = from(&browser, origin, call, json!({})).await;
            assert_eq!((refused.status, refused.header("access-control-allow-origin")), (status, origin), "{call}");
        }
    }
}

/// What the browser of somebody else's page may tell of it.
const FOREIGN: [&[(&str, &str)]; 12] = [
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "http://app.example.com")],
    &[("origin", "https://app.example.com:8443")],
    &[("origin", "https://app.example.com.evil.test")],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
    &[("origin", "https://app.example.com"), ("origin", "https://evil.test")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site"), ("referer", "https://app.example.com/")],
    &[("referer", "https://evil.test/page")],
];

/// Check 36: nothing is done for the page of a stranger, not even in the browser of somebody who is logged in here.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_of_others_are_refused_before_anything_is_done(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let victim = server.browser();
    let login = token(&log_in(&victim, "ada", PASSWORD).await);
    let before = victim.cookies();
    let reset = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let verify = server.post("users/ada/request_email_verification", json!({})).await.json(200);
    let text = |value: &Value| value["token"].as_str().expect("a token").to_owned();
    let (reset, verify) = (text(&reset), text(&verify));
    let mut counts = Vec::new();
    let fields = |call: &str| match call {
        "login" => vec![("username", "eve"), ("password", PASSWORD)],
        "signup" => vec![("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)],
        "password/forgot" => vec![("username", "ada")],
        "password/reset" => vec![("token", &*reset), ("password", "another-fine-day-99")],
        "password/update" => {
            vec![("token", &*login), ("current_password", PASSWORD), ("password", "another-fine-day-99")]
        }
        "email/verify" => vec![("token", &*verify)],
        _ => vec![("token", &*login)],
    };
    for round in 0..2 {
        let mut now = Vec::new();
        for event in ["user.login.succeeded", "user.login.failed", "user.created", "user.updated", RESET, VERIFICATION]
        {
            now.push(events(&server, event).await);
        }
        counts.push(now);
        if round == 1 {
            break;
        }
        for call in CALLS {
            let (path, fields) = (format!("/v1/{call}"), fields(call));
            let json: Value = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            for told in FOREIGN {
                for answer in [
                    victim.send(Method::POST, &path, &fields, told).await,
                    victim.json(&path, &json, told).await,
                    by_get(&victim, call, &fields, told).await,
                ] {
                    assert_eq!(answer.status, 403, "{call} {told:?}: {}", answer.text);
                    assert_eq!(answer.header("set-cookie"), "");
                    tells_no_page(&answer);
                }
            }
            let asked = preflight(&victim, "https://evil.test", call).await;
            assert_eq!(asked.status, 403);
            tells_no_page(&asked);
        }
    }
    assert_eq!(counts[0], counts[1]);
    assert_eq!(victim.cookies(), before);
    assert_eq!(server.get(&format!("sessions/{login}")).await.status, 200, "still logged in");
}

/// A simple request needs no preflight, so nothing but its own headers can prove the page.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_tells_no_page_is_served_and_leaves_nothing_in_a_browser(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let fields = [("username", "ada"), ("password", PASSWORD)];
    for told in [&[][..], &[("sec-fetch-site", "none")], &[("sec-fetch-site", "same-origin")]] {
        let browser = server.browser();
        for answer in [
            browser.send(Method::POST, "/v1/login", &fields, told).await,
            by_get(&browser, "login", &fields, told).await,
            browser.json("/v1/login", &json!({"username": "ada", "password": PASSWORD}), told).await,
        ] {
            token(&answer);
            tells_no_page(&answer);
            assert_eq!((answer.header("set-cookie"), answer.header("vary")), ("", "origin"));
        }
        let asked = browser.send(Method::OPTIONS, "/v1/login", &[], told).await;
        tells_no_page(&asked);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_origin_counts_until_it_is_struck_off(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    assert_eq!(from(&browser, "https://www.example.org", "session", json!({})).await.status, 403);
    widened(&server).await;
    assert_eq!(from(&browser, "https://www.example.org", "session", json!({})).await.status, 200);
    set_app(&server, json!({"allowed_origins": []})).await;
    assert_eq!(from(&browser, "https://www.example.org", "session", json!({})).await.status, 403);
    done(&from_page(&browser, "auth_providers", json!({})).await);
}

/// Check 21: the cookie is as strict as that of the hosted pages, and another at each login.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_cookie_is_the_hosts_alone(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("base_url", "https://auth.example.com")]).await;
    server.user("ada").await;
    let browser = Browser::new(server.client.clone(), &server.address, "acme.auth.example.com");
    let mut seen = Vec::new();
    for _ in 0..2 {
        let made = log_in(&browser, "ada", PASSWORD).await;
        let line = made.header("set-cookie").to_ascii_lowercase();
        assert!(line.starts_with("__host-gantry_session="), "{line}");
        for wanted in ["secure", "httponly", "samesite=lax", "path=/", "max-age=21600"] {
            assert!(line.split("; ").any(|part| part == wanted), "{wanted} in {line}");
        }
        assert!(!line.contains("domain"), "{line}");
        assert!(made.header("strict-transport-security").starts_with("max-age="));
        seen.push(browser.cookies()["__Host-gantry_session"].clone());
    }
    assert_ne!(seen[0], seen[1]);
}

/// Pages inside apps and extensions, and what is no origin of one app.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_inside_apps_may_be_listed_and_wildcards_may_not(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let inside = [
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "moz-extension://0c8b8e4a-6a3e-4d0a-9a3e-2f1f3c2b1a00",
    ];
    for origin in inside {
        assert_eq!(preflight(&server.browser(), origin, "login").await.status, 403, "{origin}");
    }
    set_app(&server, json!({"allowed_origins": inside})).await;
    for origin in inside {
        let asked = preflight(&server.browser(), origin, "login").await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, origin));
    }
    let path = format!("login_policies/{}", server.made.app.id);
    for (listed, why) in [
        ("https://*.example.com", "is a wildcard: each origin has to be listed by itself"),
        ("null", "is no origin such as https://app.example.com or capacitor://localhost"),
    ] {
        let refused = server.put(&path, json!({"login_policy": {"allowed_origins": [listed]}})).await;
        assert_eq!(refused.refusals("allowed_origins"), [format!("Allowed origins: \"{listed}\" {why}")]);
        assert_eq!(preflight(&server.browser(), listed, "login").await.status, 403, "{listed}");
    }
}
