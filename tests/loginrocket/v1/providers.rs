//! `auth_providers`: the other ways to log in.

use rstest::rstest;
use serde_json::{Value, json};

use super::calls::{by_get, done, from_page, from_server};
use crate::support::{Engine, TestServer};

async fn provider(server: &TestServer, fields: Value) -> String {
    let made = server.post("auth_providers", json!({ "auth_provider": fields })).await.json(201);
    made["id"].as_str().expect("an id").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn active_ones_are_listed_with_where_to_begin(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    assert_eq!(done(&from_server(&server, "auth_providers", json!({})).await), json!({"collection": []}));
    let app = |kind: &str| json!({"provider_type": kind, "client_id": "id", "client_secret": "s3cret-of-the-app"});
    let github = provider(&server, app("github")).await;
    let google = provider(&server, app("google")).await;
    provider(&server, json!({"provider_type": "totp"})).await;
    server.put(&format!("auth_providers/{google}"), json!({"auth_provider": {"state": "inactive"}})).await.json(200);
    let own = provider(
        &server,
        json!({"provider_type": "oauth2", "name": "Our staff", "client_id": "id", "client_secret": "s3cret-of-the-app",
            "issuer": "https://staff.example"}),
    )
    .await;
    let host = format!("http://acme.localhost:{}", server.port);
    let expected = json!({"collection": [
        {"id": github, "provider_type": "github", "name": "GitHub", "url": format!("{host}/auth/github")},
        {"id": own, "provider_type": "oauth2", "name": "Our staff", "url": format!("{host}/auth/{own}")},
    ]});
    let listed = from_page(&server.browser(), "auth_providers", json!({})).await;
    assert_eq!(done(&listed), expected);
    assert!(!listed.text.contains("s3cret"));
    let kept = [("redirect_uri", "https://other.example/cb"), ("redir", "/in/app")];
    let listed = done(&by_get(&server.browser(), "auth_providers", &kept, &[]).await);
    let query = "?redir=%2Fin%2Fapp&redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    assert_eq!(listed["collection"][0]["url"], json!(format!("{host}/auth/github{query}")));
}
