//! Check 27 for social providers: an issuer or an address inside is never connected to, by whatever name.

use rstest::rstest;
use serde_json::json;
use tokio::net::TcpListener;

use crate::social::visit::Visit;
use crate::support::Engine;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_inside_is_connected_to(#[case] engine: Engine) {
    let visit = Visit::with(engine, &[("delivery.allowed_networks", "")]).await;
    let inside = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = inside.local_addr().expect("an address").port();
    for host in ["localhost", "127.0.0.1", "[::1]", "2130706433", "127.1"] {
        let fields = json!({"provider_type": "oauth2", "name": "Inside", "client_id": "a", "client_secret": "b",
            "issuer": format!("http://{host}:{port}/")});
        let provider = visit.server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
        let answer = visit.server.browser().get(&format!("/auth/{}", Visit::key(&provider))).await;
        assert_eq!(answer.status, 503, "{host}: {}", answer.text);
    }
    // An address that is given, not discovered.
    let fields = json!({"provider_type": "oauth2", "name": "Inside", "client_id": "a", "client_secret": "b",
        "authorization_url": format!("{}/custom/authorize", visit.providers.address),
        "token_url": format!("http://localhost:{port}/token"), "profile_url": format!("http://127.0.0.1:{port}/me")});
    let provider = visit.server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
    let answer = visit.come_anew(&format!("/auth/{}", Visit::key(&provider))).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let knock = tokio::time::timeout(std::time::Duration::from_millis(50), inside.accept()).await;
    assert!(knock.is_err(), "somebody came in");
}

/// Only https, but for a provider on this very machine; nor may an inside address be saved by its number.
#[tokio::test]
async fn plain_addresses_are_refused_when_they_are_set() {
    let visit = Visit::start(Engine::Sqlite).await;
    for issuer in ["http://id.example.com/", "http://10.0.0.1/", "http://169.254.169.254/", "ftp://id.example.com/"] {
        let fields = json!({"provider_type": "oauth2", "name": "Plain", "client_id": "a", "client_secret": "b",
            "issuer": issuer});
        let answer = visit.server.post("auth_providers", json!({ "auth_provider": fields })).await;
        assert_eq!(answer.status, 422, "{issuer}: {}", answer.text);
    }
}
