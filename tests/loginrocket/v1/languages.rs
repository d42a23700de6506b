//! The sentences of the LoginRocket API are in the language that the call names, or that the browser likes best.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::calls::{error, from_server};
use crate::loginrocket::visit::set_password_provider;
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn refusals_speak_the_callers_language(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let wrong = json!({"username": "ada", "password": "wrong"});
    let short = json!({"username": "ada", "email": "ada@example.com", "password": "4-Wörter"});
    set_password_provider(&server, &json!({"min_length": 11})).await;
    for (call, body, english, german) in [
        ("login", &wrong, "do not match", "Benutzername oder E-Mail und Passwort passen nicht zusammen"),
        ("login", &json!({"password": "x"}), "Username can't be blank", "Benutzername"),
        ("signup", &short, "at least 11", "mindestens 11"),
        ("session", &json!({}), "Nobody is logged in.", "Niemand ist angemeldet."),
        ("password/reset", &json!({"token": "kpw_x", "password": "a-fine-day-for-tea"}), "This link", "Dieser Link"),
    ] {
        let told = error(&from_server(&server, call, body.clone()).await);
        assert!(told.contains(english), "{call}: {told}");
        let told = error(&from_server(&server, &format!("{call}?locale=de"), body.clone()).await);
        assert!(told.contains(german), "{call}: {told}");
        let browser = server.browser();
        let answer = browser.json(&format!("/v1/{call}"), body, &[("accept-language", "de-AT,en;q=0.5")]).await;
        assert!(error(&answer).contains(german), "{call}: {}", answer.text);
    }
    let gone = server.browser().send(Method::GET, "/v1/nothing?locale=de", &[], &[]).await;
    assert_eq!(gone.status, 404, "what is for the page's developer stays English");
    assert!(gone.text.contains("There is no such call"), "{}", gone.text);
}
