//! Where a finished login goes: `redir` is handed back, `redirect_uri` is followed where the app allows it.

use rstest::rstest;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::visit::{PASSWORD, location, log_in, param, read, set_app};
use crate::support::{Engine, TestServer};

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn redir_is_handed_back_as_a_path(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for (redir, expected) in [
        ("/path/in/app", Some("/path/in/app")),
        ("something/12345", Some("something/12345")),
        ("/list?page=2&sort=name", Some("/list?page=2&sort=name")),
        ("https://app.example.com/deep/page?x=y", Some("/deep/page?x=y")),
        ("https://evil.test/landing", Some("/landing")),
        ("//evil.test/landing", None),
        ("/\\evil.test", None),
        ("javascript:alert(1)", None),
        ("", None),
    ] {
        let path = format!("/login?redir={}", encoded(redir));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        assert_eq!(to.host_str(), Some("app.example.com"));
        assert_eq!(param(&to, "redir").as_deref(), expected, "{redir}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn redirect_uri_is_followed_only_where_the_app_lists_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let handler = "https://app.example.com/login";
    let ends_at = async |asked: &str| {
        let path = format!("/login?redirect_uri={}", encoded(asked));
        let to = location(&log_in(&server.browser(), &path, "ada", PASSWORD).await);
        assert!(param(&to, "token").is_some(), "{to}");
        to.as_str().split("token=").next().expect("an address").trim_end_matches(['?', '&']).to_owned()
    };
    // With a blank list every login goes to the handler.
    assert_eq!(ends_at("https://other.example/cb").await, handler);

    set_app(&server, json!({"redirect_uris": ["https://other.example/cb", "http://localhost:3000"]})).await;
    for (asked, expected) in [
        ("https://other.example/cb", "https://other.example/cb"),
        ("https://other.example/cb/more", "https://other.example/cb/more"),
        ("https://other.example/cb?own=1", "https://other.example/cb?own=1"),
        ("http://localhost:3000/any/where", "http://localhost:3000/any/where"),
        ("https://other.example/cbx", handler),
        ("https://other.example/", handler),
        ("http://other.example/cb", handler),
        ("https://other.example:444/cb", handler),
        ("https://other.example.evil.test/cb", handler),
        ("http://localhost:30001/", handler),
        ("not an address", handler),
        ("", handler),
    ] {
        assert_eq!(ends_at(asked).await, expected, "{asked}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn both_survive_a_refused_try_the_bare_address_and_the_way_to_the_other_form(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let query = "redir=%2Fx&redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    let browser = server.browser();
    let root = browser.get(&format!("/?{query}")).await;
    assert_eq!((root.status, root.header("location")), (302, format!("/login?{query}").as_str()));
    assert_eq!(browser.get("/").await.header("location"), "/login");

    let login = browser.get(&format!("/login?{query}")).await;
    for place in [format!("action=\"/login?{query}\""), format!("href=\"/signup?{query}\"")] {
        let plain = read(&login.text);
        assert!(plain.contains(&place), "{place} in {plain}");
    }
    let refused = log_in(&browser, &format!("/login?{query}"), "ada", "wrong-but-long-enough").await;
    let again = read(&refused.text);
    assert!(again.contains(&format!("action=\"/login?{query}&form=")), "{again}");
    let to = location(&log_in(&browser, &format!("/login?{query}"), "ada", PASSWORD).await);
    assert!(to.as_str().starts_with("https://other.example/cb?token="), "{to}");
    assert_eq!(param(&to, "redir").as_deref(), Some("/x"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_redirect_with_a_token_is_neither_kept_nor_told_to_others(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let done = log_in(&server.browser(), "/login", "ada", PASSWORD).await;
    assert_eq!(done.status, 302);
    assert_eq!(done.header("cache-control"), "no-store");
    // Neither policy sends the address's query to another site.
    assert!(["same-origin", "no-referrer"].contains(&done.header("referrer-policy")), "{:?}", done.headers);
}
