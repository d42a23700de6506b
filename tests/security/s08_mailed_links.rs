//! Check 8 on the pages behind mails: the same table of hostile addresses. None is mailed, none is followed afterwards.

use rstest::rstest;
use serde_json::json;

use super::s07_s08_redirects::{HANDLER, hostile, query, server};
use crate::loginrocket::visit::{RESET, csrf, forget, read, set_login_rocket};
use crate::support::{Engine, TestServer};

/// Long enough for the limits of mails to be empty again.
const HOUR_MS: i64 = 60 * 60_000;

async fn token(server: &TestServer, call: &str) -> String {
    let user = server.post(&format!("users/ada/{call}"), json!({})).await.json(200);
    user["token"].as_str().expect("a token").to_owned()
}

/// The API tells the tokens, so two thousand mails that nobody opens need not be made and delivered beside them.
async fn without_mails(server: &TestServer) {
    let hooks = server.get("app_hooks?max_results=100").await.json(200);
    for hook in hooks["collection"].as_array().expect("a list") {
        let path = format!("app_hooks/{}", hook["id"].as_str().expect("an id"));
        assert_eq!(server.delete(&path).await.status, 204);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_gets_into_a_mail(#[case] engine: Engine) {
    let server = server(engine).await;
    let asked = "https://app.example.com/auth/callback";
    forget(&server.browser(), &format!("/password/forgot?{}", query("redirect_uri", asked)), "ada").await;
    let honest = server.mailed(RESET).await.expect("a mail");
    assert_eq!(honest.redirect_uri.as_deref(), Some(asked), "else the table proves nothing");
    let mut last = honest.token;
    for asked in hostile() {
        server.clock.advance(HOUR_MS);
        let path = format!("/password/forgot?{}", query("redirect_uri", &asked));
        let told = forget(&server.browser(), &path, "ada").await;
        assert_eq!(told.status, 200);
        let mail = server.mailed(RESET).await.expect("a mail");
        assert_ne!(mail.token, last, "another mail");
        assert_eq!(mail.redirect_uri, None, "{asked:?}");
        last = mail.token;
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_hostile_address_follows_a_reset_or_a_verification(#[case] engine: Engine) {
    let server = server(engine).await;
    without_mails(&server).await;
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    // With logins on the pages it leads there, where the address is looked at again; without, to the app.
    for (login, expected) in [("both", None), ("off", Some(HANDLER))] {
        set_login_rocket(&server, &json!({ "login": login }), "active").await;
        for asked in hostile() {
            let query = query("redirect_uri", &asked);
            for (path, call) in
                [("/password/reset", "generate_password_token"), ("/email/verify", "request_email_verification")]
            {
                let token = token(&server, call).await;
                let fields = [("csrf", &*form), ("token", &token), ("password", "another-fine-day-99")];
                let path = format!("{path}?{query}");
                let done = browser.send(reqwest::Method::POST, &path, &fields, &[]).await;
                match expected {
                    None => assert!(done.header("location").starts_with("/login?"), "{asked:?}: {}", done.text),
                    Some(to) => {
                        assert_eq!((done.status, done.header("location")), (200, ""), "{asked:?}");
                        let links = read(&done.text);
                        assert!(links.contains(&format!("class=\"primary\" href=\"{to}\"")), "{asked:?}: {links}");
                    }
                }
            }
        }
    }
}
