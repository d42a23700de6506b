//! JSONP, for those who turn it on (decisions §4).

use rstest::rstest;
use serde_json::{Value, json};

use super::calls::{CALLS, by_get, error, is_live, is_remembered};
use crate::loginrocket::visit::{PASSWORD, events, set_app};
use crate::support::{Answer, Engine, TestServer};

/// How the browser of the app's page fetches a script.
const SCRIPT: [(&str, &str); 3] =
    [("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "script"), ("referer", "https://app.example.com/login")];

const LOGIN: [(&str, &str); 2] = [("username", "ada"), ("password", PASSWORD)];

fn with<'a>(fields: &[(&'a str, &'a str)], callback: &'a str) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().chain([("callback", callback), ("_", "1700000000")]).collect()
}

/// What the script hands to its callback.
#[track_caller]
fn handed(answer: &Answer, callback: &str) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/javascript; charset=utf-8");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("set-cookie"), "");
    let start = format!("/**/typeof {callback}==='function'&&{callback}(");
    let rest = answer.text.strip_prefix(&start).unwrap_or_else(|| panic!("{}", answer.text));
    serde_json::from_str(rest.strip_suffix(");").expect("the end of a call")).expect("JSON")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_off_unless_the_app_turns_it_on(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    let refused = by_get(&browser, "login", &with(&LOGIN, "cb"), &[]).await;
    assert_eq!(error(&refused), "JSONP is switched off: jsonp of the Connected App turns it on");
    assert_eq!(refused.header("content-type"), "application/json");
    assert_eq!(by_get(&browser, "login", &with(&LOGIN, "cb"), &SCRIPT).await.status, 403);
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_answer_is_handed_to_the_named_function(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"jsonp": true})).await;
    let browser = server.browser();
    for callback in ["cb", "jQuery111206_1425", "angular.callbacks._0", "$"] {
        let done = handed(&by_get(&browser, "login", &with(&LOGIN, callback), &SCRIPT).await, callback);
        let token = done["token"].as_str().expect("a token");
        assert!(is_live(&server, token).await);
        let out = by_get(&browser, "logout", &with(&[("token", token)], callback), &SCRIPT).await;
        assert_eq!(handed(&out, callback)["error"], Value::Null);
        assert!(!is_live(&server, token).await);
    }
    let wrong = [("username", "ada"), ("password", "wrong-but-long-enough")];
    let refused = handed(&by_get(&browser, "login", &with(&wrong, "cb"), &SCRIPT).await, "cb");
    assert!(refused["error"].is_string() && refused["token"].is_null(), "{refused}");
    let fields = [("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)];
    let made = handed(&by_get(&browser, "signup", &with(&fields, "cb"), &SCRIPT).await, "cb");
    assert!(made["url"].as_str().is_some_and(|url| url.contains("signup=true")));
    assert!(!is_remembered(&browser));
    // A browser that tells nothing, and a POST, which is no script.
    handed(&by_get(&browser, "login", &with(&LOGIN, "cb"), &[]).await, "cb");
    let posted = browser.send(reqwest::Method::POST, "/v1/login?callback=cb", &LOGIN, &[]).await;
    assert!(posted.json(200)["token"].is_string());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn calls_that_never_had_it_have_it_not(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_app(&server, json!({"jsonp": true})).await;
    let browser = server.browser();
    for call in CALLS {
        let answer = by_get(&browser, call, &with(&[], "cb"), &[]).await;
        if ["login", "login/code", "logout", "signup", "auth_providers"].contains(&call) {
            handed(&answer, "cb");
        } else {
            assert_eq!(error(&answer), "This call has no JSONP", "{call}");
            assert_eq!(by_get(&browser, call, &with(&[], "cb"), &SCRIPT).await.status, 403, "{call}");
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_script_is_made_of_a_callback_or_for_a_strangers_page(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"jsonp": true})).await;
    let browser = server.browser();
    for callback in ["", "alert(1)//", "a;b", "a[0]", "<script>", "a b", "9a", "a..b", "\u{e4}", "*/x/*", "a\nb"] {
        let refused = by_get(&browser, "login", &with(&LOGIN, callback), &[]).await;
        assert_eq!(error(&refused), "Callback must be the name of a function", "{callback:?}");
        assert_eq!(refused.header("content-type"), "application/json");
    }
    for told in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("referer", "https://evil.test/")],
        &[("sec-fetch-site", "cross-site"), ("referer", "about:blank")],
        &[("referer", "https://evil.test/")],
        &[("referer", "https://app.example.com.evil.test/")],
        &[("origin", "https://evil.test"), ("referer", "https://app.example.com/")],
    ] {
        assert_eq!(by_get(&browser, "login", &with(&LOGIN, "cb"), told).await.status, 403, "{told:?}");
    }
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
}
