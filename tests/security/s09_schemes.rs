//! Check 9: no address of another scheme than http or https is taken for a Connected App, a webhook, a social provider or
//! the way back from one, however it is spelled.

use rstest::rstest;
use serde_json::json;

use crate::support::{Engine, TestServer};

const SCHEMES: [&str; 23] = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "JAVASCRIPT://app.example.com/%0aalert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "VbScript:msgbox(1)",
    "file:///etc/passwd",
    "File://app.example.com/x",
    "ftp://app.example.com/",
    "blob:https://app.example.com/1",
    "about:blank",
    "view-source:https://app.example.com/",
    "ws://app.example.com/",
    "httpx://app.example.com/",
    "com.example.app://cb",
    "intent://app.example.com#Intent;end",
    "//app.example.com/",
    "/relative",
    "app.example.com",
];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_http_and_https_are_registered(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("login_policies/{}", server.made.app.id);
    let before = server.get(&path).await.json(200);
    for address in SCHEMES {
        for field in ["login_handler", "signup_handler", "external_css", "logo_url"] {
            let update = server.put(&path, json!({"login_policy": {field: address}})).await;
            assert!(!update.refusals(field).is_empty(), "{field} {address:?}");
        }
        for field in ["redirect_uris", "allowed_origins"] {
            let update = server.put(&path, json!({"login_policy": {field: [address]}})).await;
            assert!(!update.refusals(field).is_empty(), "{field} {address:?}");
        }
        let new = json!({"login_policy": {"name": "New", "login_handler": address}});
        assert!(!server.post("login_policies", new).await.refusals("login_handler").is_empty(), "{address:?}");
    }
    assert_eq!(server.get(&path).await.json(200), before, "nothing of it was kept");
    for address in ["http://localhost:3000/cb", "HTTPS://app.example.com/cb"] {
        server.put(&path, json!({"login_policy": {"login_handler": address}})).await.json(200);
    }
}

/// Where a browser or we ourselves go for a realm.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nor_are_they_for_hooks_and_providers(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let google = json!({"auth_provider": {"provider_type": "google", "client_id": "a", "client_secret": "b"}});
    server.post("auth_providers", google).await.json(201);
    let count = async |path: &str| server.get(path).await.json(200)["collection"].as_array().map(Vec::len);
    let before = (count("auth_providers").await, count("app_hooks").await);
    for address in SCHEMES {
        for field in ["issuer", "authorization_url", "token_url", "profile_url"] {
            let mut provider = json!({"provider_type": "oauth2", "name": "X", "client_id": "a", "client_secret": "b"});
            if field != "issuer" {
                for other in ["authorization_url", "token_url", "profile_url"] {
                    provider[other] = json!("https://id.example/x");
                }
            }
            provider[field] = json!(address);
            let made = server.post("auth_providers", json!({ "auth_provider": provider })).await;
            assert!(!made.refusals(field).is_empty(), "{field} {address:?}");
        }
        let hook = json!({"app_hook": {"event_type": ["user.created"], "destination": address}});
        assert!(!server.post("app_hooks", hook).await.refusals("destination").is_empty(), "{address:?}");
        let asked: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
        for path in ["auth_providers/authorize", "auth_providers/google/authorize"] {
            let started = server.get(&format!("{path}?redirect_uri={asked}")).await;
            assert!(!started.refusals("redirect_uri").is_empty(), "{path} {address:?}");
        }
    }
    assert_eq!((count("auth_providers").await, count("app_hooks").await), before);
}
