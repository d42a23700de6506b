//! `/logout`: a GET asks, a POST ends what the browser remembers.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::visit::{PASSWORD, location, log_in, read, set_app, token};
use crate::support::{Browser, Engine, TestServer};

/// The login page, saying that the logout was done.
const SAID: &str = "/login?notice=logged-out";

/// A browser that is logged in, its token and the session's id.
async fn logged_in(server: &TestServer) -> (Browser, String, String) {
    let browser = server.browser();
    let token = token(&log_in(&browser, "/login", "ada", PASSWORD).await);
    let session = server.get(&format!("sessions/{token}")).await.json(200);
    (browser, token, session["id"].as_str().expect("an id").to_owned())
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_get_asks_and_a_post_ends_the_session(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let (browser, token, id) = logged_in(&server).await;
    let (_other, other_token, _) = logged_in(&server).await;

    let asked = browser.get("/logout").await;
    assert_eq!(asked.status, 200);
    assert!(
        asked.text.contains("method=\"post\"") && read(&asked.text).contains("action=\"/logout\""),
        "{}",
        asked.text
    );
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 200, "a GET changes nothing");
    assert!(browser.cookies().contains_key("gantry_session"));

    let cookie = browser.cookies()["gantry_session"].clone();
    let done = browser.submit("/logout", &[]).await;
    assert_eq!((done.status, done.header("location")), (302, SAID));
    assert!(browser.get(SAID).await.text.contains("<p>You are logged out.</p>"));
    assert!(!browser.cookies().contains_key("gantry_session"), "the browser forgets");
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 404);
    assert_eq!(server.get(&format!("sessions/{id}")).await.status, 404);
    assert_eq!(server.get(&format!("sessions/{other_token}")).await.status, 200, "other browsers stay logged in");

    // The old cookie is worth nothing, even where the browser kept it.
    let kept = format!("gantry_session={cookie}");
    let again = server.browser().send(Method::GET, "/logout", &[], &[("cookie", &kept)]).await;
    assert_eq!((again.status, again.header("location")), (302, SAID));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_get_that_names_this_browsers_own_session_acts_at_once(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let (mine, my_token, my_id) = logged_in(&server).await;
    let (_theirs, their_token, their_id) = logged_in(&server).await;

    for foreign in [their_id.as_str(), "kss_0000000000000000000000", "", &my_id.to_lowercase()] {
        assert_eq!(mine.get(&format!("/logout?session={foreign}")).await.status, 200, "{foreign}: it only asks");
    }
    for token in [&my_token, &their_token] {
        assert_eq!(server.get(&format!("sessions/{token}")).await.status, 200);
    }
    let done = mine.get(&format!("/logout?session={my_id}")).await;
    assert_eq!((done.status, done.header("location")), (302, SAID));
    assert!(!mine.cookies().contains_key("gantry_session"));
    assert_eq!(server.get(&format!("sessions/{my_token}")).await.status, 404);
    assert_eq!(server.get(&format!("sessions/{their_token}")).await.status, 200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn with_nothing_remembered_there_is_nothing_to_ask(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let stranger = server.browser();
    let done = stranger.get("/logout").await;
    assert_eq!((done.status, done.header("location")), (302, "/login"));

    // Who asks for it by the form is told that it is so.
    let page = stranger.get("/login").await;
    let done = stranger.submit_from(&page, "/logout", &[]).await;
    assert_eq!((done.status, done.header("location")), (302, SAID));

    // A session that the app has ended is not remembered either; to the browser this is the logout, once.
    let (browser, _, id) = logged_in(&server).await;
    assert_eq!(server.delete(&format!("sessions/{id}")).await.status, 204);
    let done = browser.get("/logout").await;
    assert_eq!((done.status, done.header("location")), (302, SAID));
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(browser.get("/logout").await.header("location"), "/login");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_ends_at_an_allowed_redirect_uri_or_else_at_the_login_page(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://app.example.com/bye"]})).await;
    for (asked, allowed) in [
        ("https://app.example.com/bye", true),
        ("https://app.example.com/bye?x=1", true),
        ("https://app.example.com/byes", false),
        ("https://evil.test/bye", false),
        ("//evil.test", false),
    ] {
        let expected = if allowed { asked } else { SAID };
        let query =
            format!("redirect_uri={}", url::form_urlencoded::byte_serialize(asked.as_bytes()).collect::<String>());
        let stranger = server.browser().get(&format!("/logout?{query}")).await;
        assert_eq!((stranger.status, stranger.header("location")), (302, if allowed { asked } else { "/login" }));

        let (browser, ..) = logged_in(&server).await;
        let page = browser.get(&format!("/logout?{query}")).await;
        assert_eq!(page.status, 200);
        let done = browser.submit("/logout", &[("redirect_uri", asked)]).await;
        assert_eq!((done.status, done.header("location")), (302, expected), "by POST");

        let (browser, _, id) = logged_in(&server).await;
        let done = browser.get(&format!("/logout?session={id}&{query}")).await;
        assert_eq!((done.status, done.header("location")), (302, expected), "at once");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_remembered_login_ends_with_its_session(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let done = log_in(&browser, "/login", "ada", PASSWORD).await;
    location(&done);
    let cookies: Vec<_> = done.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok()).collect();
    let line = cookies.iter().find(|line| line.starts_with("gantry_session=")).expect("the cookie");
    assert!(line.contains("Max-Age=21600"), "six hours, as the realm's sessions: {line}");
    server.clock.advance(360 * 60 * 1000 - 1);
    assert_eq!(browser.get("/logout").await.status, 200);
    server.clock.advance(1);
    assert_eq!(browser.get("/logout").await.status, 302);
}
