//! Too many tries: pages and browser API say in how many minutes the next one can pass, in the visitor's language.

use reqwest::Method;
use rstest::rstest;
use serde_json::Value;

use super::visit::{PASSWORD, csrf, read};
use crate::support::{Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

/// Language, what ten minutes are called in it, and what one is.
const WORDS: [(&str, &str, &str); 5] = [
    ("en", "Please try again in 10 minutes.", "Please try again in a minute."),
    ("de", "in 10 Minuten noch einmal", "in einer Minute noch einmal"),
    ("es", "dentro de 10 minutos", "dentro de un minuto"),
    ("fr", "réessayer dans 10 minutes", "réessayer dans une minute"),
    ("ja", "10分ほど待ってから", "1分ほど待ってから"),
];

async fn told(server: &TestServer, language: &str) -> [String; 2] {
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let fields = [("csrf", form.as_str()), ("username", "ada"), ("password", PASSWORD)];
    let header = [("accept-language", language)];
    let page = browser.send(Method::POST, "/login", &fields, &header).await;
    assert_eq!(page.status, 429);
    let api = browser.send(Method::POST, "/v1/login", &fields[1..], &header).await;
    let body: Value = api.json(200);
    [read(&page.text), body["error"].as_str().expect("a sentence").to_owned()]
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_has_to_wait_is_told_for_how_long(#[case] engine: Engine) {
    // A try comes back every ten minutes.
    let server = TestServer::with(engine, &[("tries.minutes", "100")]).await;
    server.user("ada").await;
    for _ in 0..10 {
        super::visit::log_in(&server.browser(), "/login", "ada", WRONG).await;
    }
    for (language, ten, _) in WORDS {
        for sentence in told(&server, language).await {
            assert!(sentence.contains(ten), "{language}: {sentence}");
        }
    }
    server.clock.advance(9 * 60_000 + 1);
    for (language, _, one) in WORDS {
        for sentence in told(&server, language).await {
            assert!(sentence.contains(one), "{language}: {sentence}");
        }
    }
}
