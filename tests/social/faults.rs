//! Providers that fail: the person is told, nothing is half done, and nobody waits for ever.

use gantry_db::{Query, Sql, row};
use jsonwebtoken::Algorithm;
use rstest::rstest;
use serde_json::json;

use super::visit::{Visit, path};
use crate::loginrocket::visit::location;
use crate::support::Engine;

#[rstest]
#[case::down("/token", 503)]
#[case::broken("/token", 500)]
#[case::busy("/token", 429)]
#[case::silent("/token", 0)]
#[case::no_json("/token", 204)]
#[case::no_profile("/userinfo", 502)]
#[case::no_keys("/jwks", 500)]
#[case::keys_are_gone("/jwks", 404)]
#[tokio::test]
async fn a_provider_that_fails_is_told_and_can_be_tried_again(#[case] ending: &str, #[case] status: u16) {
    let visit = Visit::with(Engine::Sqlite, &[("delivery.timeout_seconds", "1")]).await;
    let provider = visit.add("issuer").await;
    let id = provider["id"].as_str().expect("an id");
    // Without them in the ID token the profile is asked for.
    visit.providers.state().patch = Box::new(|claims| {
        claims.remove("email");
    });
    visit.providers.state().broken = Some((ending.to_owned(), status));
    let answer = visit.come_anew(&format!("/auth/{id}")).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(answer.text.contains("The other site is not responding"), "{}", answer.text);
    assert_eq!(visit.users().await, Vec::<String>::new());

    let started =
        visit.server.get(&format!("auth_providers/{id}/authorize?redirect_uri=https://app.example.com/")).await;
    let back = visit.agree(started.json(200)["url"].as_str().expect("an address")).await;
    let sent = super::visit::query(&format!("https://app.example.com{back}"));
    let body = json!({"code": sent["code"], "state": sent["state"]});
    let answer = visit.server.post("auth_providers/authorize", body).await;
    assert_eq!(answer.json(503)["error"], "The provider does not answer, please try again");
    assert_eq!(answer.header("retry-after"), "5");

    visit.providers.state().broken = None;
    // Keys that could not be had are asked for again when the answer said so.
    visit.advance(5_000);
    location(&visit.come_anew(&format!("/auth/{id}")).await);
}

row! {
    struct Total { total: i64 }
}

/// A login that cannot begin leaves nothing behind, and does not count against its address.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_failed_start_keeps_no_state_and_takes_no_slot(#[case] engine: Engine) {
    const ALL: &str = "SELECT COUNT(*) AS total FROM social_logins";
    let sql: Sql<Total> = Sql::constant("ALL", ALL, ALL);
    let visit = Visit::start(engine).await;
    let button = format!("/auth/{}", Visit::key(&visit.add("issuer").await));
    visit.providers.state().broken = Some(("/openid-configuration".to_owned(), 500));
    for nth in 0..100 {
        assert_eq!(visit.server.browser().get(&button).await.status, 503, "{nth}");
    }
    let db = &visit.server.app.core.db;
    assert_eq!(db.row(&sql, &[]).await.expect("a row").expect("a row").total, 0);
    visit.providers.state().broken = None;
    visit.advance(5_000);
    for nth in 0..60 {
        assert_eq!(visit.server.browser().get(&button).await.status, 302, "{nth}");
    }
    assert_eq!(visit.server.browser().get(&button).await.status, 429);
    assert_eq!(db.row(&sql, &[]).await.expect("a row").expect("a row").total, 60);
}

/// Whoever waits for an issuer that hangs waits for the next ones too.
#[tokio::test]
async fn an_issuer_that_hangs_is_asked_once_in_a_while() {
    let visit = Visit::with(Engine::Sqlite, &[("delivery.timeout_seconds", "1")]).await;
    let issuer = visit.add("issuer").await;
    let button = format!("/auth/{}", Visit::key(&issuer));
    let press = async || visit.server.browser().get(&button).await.status;
    let asked = || visit.providers.count("/openid-configuration");
    let hangs = || Some(("/openid-configuration".to_owned(), 0));

    visit.providers.state().broken = hangs();
    assert_eq!(press().await, 503);
    assert_eq!((press().await, asked()), (503, 1), "nothing is known, and it was asked a moment ago");
    visit.providers.state().broken = None;
    visit.advance(4_999);
    assert_eq!((press().await, asked()), (503, 1));
    visit.advance(1);
    assert_eq!((press().await, asked()), (302, 2));

    visit.providers.state().broken = hangs();
    visit.advance(60 * 60 * 1000);
    for _ in 0..3 {
        assert_eq!((press().await, asked()), (302, 3), "what is known has to do");
    }
    visit.advance(60_000);
    assert_eq!((press().await, press().await, asked()), (302, 302, 4));
    visit.providers.state().broken = None;
    visit.advance(60_000);
    assert_eq!((press().await, press().await, asked()), (302, 302, 5));
    visit.advance(59 * 60 * 1000);
    assert_eq!((press().await, asked()), (302, 5), "fresh again for an hour");
}

#[tokio::test]
async fn an_issuer_whose_keys_hang_is_asked_once_in_a_while() {
    let visit = Visit::with(Engine::Sqlite, &[("delivery.timeout_seconds", "1")]).await;
    visit.add("google").await;
    let come = async || visit.come_anew("/auth/google").await.status;
    let asked = || visit.providers.count("/certs");
    let hangs = || Some(("/certs".to_owned(), 0));

    visit.providers.state().broken = hangs();
    assert_eq!((come().await, come().await, asked()), (503, 503, 1), "nothing is known, and it was asked a moment ago");
    visit.providers.state().broken = None;
    visit.advance(5_000);
    assert_eq!((come().await, asked()), (302, 2));

    // A new key, that is not to be had: it is not waited for at each login.
    visit.providers.rotate("second", Algorithm::ES256);
    visit.providers.state().broken = hangs();
    visit.advance(2 * 60_000);
    assert_eq!((come().await, come().await, asked()), (422, 422, 3));
    visit.providers.state().broken = None;
    visit.advance(60_000);
    assert_eq!((come().await, asked()), (302, 4));
}

#[tokio::test]
async fn an_issuer_that_cannot_be_discovered_does_not_take_the_others_along() {
    let visit = Visit::start(Engine::Sqlite).await;
    let issuer = visit.add("issuer").await;
    visit.add("google").await;
    visit.providers.state().broken = Some(("/openid-configuration".to_owned(), 500));
    let answer = visit.server.browser().get(&format!("/auth/{}", Visit::key(&issuer))).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    let start = "auth_providers/authorize?redirect_uri=https://app.example.com/";
    let listed = visit.server.get(start).await.json(200);
    assert_eq!(listed["collection"].as_array().expect("a list").len(), 1);
    visit.providers.state().broken = None;
    visit.advance(5_000);
    assert_eq!(visit.server.get(start).await.json(200)["collection"].as_array().expect("a list").len(), 2);
    // What was discovered lasts over a failure, for a day.
    visit.providers.state().broken = Some(("/openid-configuration".to_owned(), 500));
    visit.advance(23 * 60 * 60 * 1000);
    assert_eq!(visit.server.get(start).await.json(200)["collection"].as_array().expect("a list").len(), 2);
    visit.advance(2 * 60 * 60 * 1000);
    assert_eq!(visit.server.get(start).await.json(200)["collection"].as_array().expect("a list").len(), 1);
}

/// Tokens, codes and secrets of a failed login are on no page.
#[tokio::test]
async fn a_failure_tells_no_secret() {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("google").await;
    let browser = visit.server.browser();
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    visit.providers.state().codes.clear();
    let answer = browser.get(&back).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    for secret in ["s3cret", "code-1", "client-of-acme", "invalid_grant"] {
        assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
    }
}
