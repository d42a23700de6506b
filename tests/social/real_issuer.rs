//! Against an OpenID provider that is not ours: npm's `oidc-provider`, which demands PKCE and wants our secret in the
//! header, form-encoded.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::query;
use crate::loginrocket::visit::{location, param, token};
use crate::support::{Engine, Issuer, START_MS, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_login_by_discovery(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let issuer = Issuer::start(&format!("http://acme.localhost:{}/auth/callback", server.port)).await;
    server.clock.advance(issuer.now_ms - START_MS);
    let fields = json!({
        "provider_type": "oauth2", "name": "Example ID", "issuer": issuer.address, "client_id": "gantry",
        "client_secret": "a secret: with/odd+characters%",
    });
    let provider = server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
    let id = provider["id"].as_str().expect("an id");

    let browser = server.browser();
    let there = browser.get(&format!("/auth/{id}?redir=/inbox")).await;
    assert_eq!(there.status, 302, "{}", there.text);
    let back = issuer.agree(&server.client, there.header("location")).await;
    let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
    let done = browser.get(&path).await;
    assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"), "{}", done.text);
    assert_eq!(param(&location(&done), "redir").as_deref(), Some("/inbox"));
    let session = server.get(&format!("sessions/{}", token(&done))).await.json(200);
    assert_eq!(session["user"]["name"], "Ada Lovelace");

    // A code that another browser's login got is not taken for this one.
    let other = server.browser();
    let there = other.get(&format!("/auth/{id}")).await;
    let own_state = query(there.header("location"))["state"].clone();
    let again = issuer.agree(&server.client, browser.get(&format!("/auth/{id}")).await.header("location")).await;
    let code = query(again.as_str())["code"].clone();
    let swapped = other.get(&format!("/auth/callback?code={code}&state={own_state}")).await;
    assert_eq!(swapped.status, 422, "its verifier does not fit: {}", swapped.text);

    // An app that has a token of its own: the issuer tells that it was issued to us.
    let credential = server.get("users/ada@example.com").await.json(200)["credentials"][0]["id"].clone();
    let credential = server.get(&format!("credentials/{}", credential.as_str().expect("an id"))).await.json(200);
    let body = json!({"access_token": credential["access_token"]});
    let user = server.call(Method::POST, &format!("auth_providers/{id}/authorize"), Some(body)).await.json(200);
    assert_eq!(user["username"], "ada@example.com");
}
