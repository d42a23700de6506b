//! The login page is rendered once and sent to many. Nobody notices: each gets a token and a nonce of their own, and what
//! is changed shows at once.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{
    PASSWORD, csrf, log_in, read, set_app, set_login_rocket, set_login_rocket_elsewhere, set_passwords,
};
use crate::support::{Answer, Engine, TestServer};

async fn open(server: &TestServer, path: &str) -> Answer {
    server.browser().get(path).await
}

/// The login page as a person reads its source.
async fn text(server: &TestServer) -> String {
    read(&open(server, "/login").await.text)
}

/// The nonce in the policy, which the page's script has to have.
fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy.split("script-src 'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let nonce = nonce.unwrap_or_else(|| panic!("no nonce: {policy}")).to_owned();
    assert!(page.text.contains(&format!("nonce=\"{nonce}\"")), "{}", page.text);
    nonce
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn everybody_gets_the_same_page_with_secrets_of_their_own(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let (first, second) = (open(&server, "/login").await, open(&server, "/login").await);
    let secrets = |page: &Answer| [csrf(page), nonce(page), page.header("set-cookie").to_owned()];
    let [before, after] = [&first, &second].map(secrets);
    for (one, other) in before.iter().zip(&after) {
        assert_ne!(one, other);
    }
    let bare = |page: &Answer| page.text.replace(&csrf(page), "…").replace(&nonce(page), "…");
    assert_eq!(bare(&first), bare(&second));
    let browser = server.browser();
    browser.get("/login").await;
    assert_eq!(log_in(&browser, "/login", "ada", PASSWORD).await.status, 302, "the second's form is as good");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn addresses_languages_and_people_are_not_mixed_up(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    open(&server, "/login").await;
    let german = open(&server, "/login?locale=de").await;
    assert!(german.text.contains("lang=\"de\"") && german.text.contains("Anmelden"), "{}", german.text);
    let accepted = server.browser().send(Method::GET, "/login", &[], &[("accept-language", "ja")]).await;
    assert!(accepted.text.contains("lang=\"ja\""), "{}", accepted.text);
    for redir in ["one", "two"] {
        let page = open(&server, &format!("/login?redir=/{redir}")).await;
        assert!(page.text.contains(&format!("redir=%2F{redir}")), "{}", page.text);
    }
    assert!(!open(&server, "/login").await.text.contains("redir="));
    let long = "x".repeat(2000);
    assert!(open(&server, &format!("/login?redir=/{long}")).await.text.contains(&long));

    set_login_rocket(&server, &json!({"sso": "seamless"}), "active").await;
    assert_eq!(open(&server, "/login").await.status, 200);
    let browser = server.browser();
    log_in(&browser, "/login", "ada", PASSWORD).await;
    assert_eq!(browser.get("/login").await.status, 302, "who is logged in goes on");
    assert_eq!(open(&server, "/login").await.status, 200, "and nobody else");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_shows_at_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    open(&server, "/login").await;
    set_app(&server, json!({"name": "Engines"})).await;
    assert!(open(&server, "/login").await.text.contains("Engines"));
    set_app(&server, json!({"footer": "<p>Made in Turin</p>"})).await;
    assert!(open(&server, "/login").await.text.contains("Made in Turin"));
    let realm = format!("realms/{}", server.realm());
    server.put(&realm, json!({"realm": {"name": "Analysts"}})).await.json(200);
    assert!(open(&server, "/login").await.text.contains("Analysts"));
    assert!(text(&server).await.contains("href=\"/password/forgot"));
    set_passwords(&server, "inactive").await;
    assert!(!text(&server).await.contains("href=\"/password/forgot"));

    let provider = json!({"auth_provider": {"provider_type": "github", "client_id": "x", "client_secret": "s3cret"}});
    let github = server.post("auth_providers", provider).await.json(201);
    assert!(text(&server).await.contains("href=\"/auth/github"));
    let path = format!("auth_providers/{}", github["id"].as_str().expect("an id"));
    assert_eq!(server.delete(&path).await.status, 204);
    assert!(!text(&server).await.contains("href=\"/auth/github"));

    server.put("auth_providers/login_rocket", json!({"auth_provider": {"login": "off"}})).await.json(200);
    assert_eq!(open(&server, "/login").await.status, 404);
    server.put("auth_providers/login_rocket", json!({"auth_provider": {"login": "hosted"}})).await.json(200);
    assert_eq!(open(&server, "/login").await.status, 200);
    set_app(&server, json!({"subdomain": "moved"})).await;
    assert_eq!(open(&server, "/login").await.status, 404, "nobody's host any more");
}

/// By a second server, or a command: it is told within a second.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_by_another_process_shows_a_second_later(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    open(&server, "/login").await;
    set_login_rocket_elsewhere(&server, &json!({"login": "off"}), "active").await;
    server.clock.advance(1000);
    assert_eq!(open(&server, "/login").await.status, 404);
}
