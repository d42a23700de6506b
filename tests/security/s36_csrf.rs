//! Check 36: no other site sends our forms, with or without the headers that browsers add.

use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, RESET, csrf, events, log_in, token};
use crate::support::{Engine, TestServer};

/// What a browser may tell of a POST from elsewhere.
const ELSEWHERE: [&[(&str, &str)]; 8] = [
    &[("origin", "https://evil.test")],
    &[("origin", "null")],
    &[("origin", "http://evil.acme.localhost")],
    &[("origin", "http://acme.localhost.evil.test")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")],
    &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
];

const FORMS: [(&str, &[(&str, &str)]); 7] = [
    ("/login", &[("username", "eve"), ("password", PASSWORD)]),
    ("/signup", &[("username", "grace"), ("email", "grace@example.com"), ("password", PASSWORD)]),
    ("/logout", &[]),
    ("/password/forgot", &[("username", "ada")]),
    // With a token that would be right: see below.
    ("/password/reset", &[("token", "RESET"), ("password", "another-fine-day-99")]),
    ("/email/verify", &[("token", "VERIFY")]),
    ("/email/request", &[("token", "krs_1")]),
];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_from_elsewhere_is_refused_and_changes_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    let victim = server.browser();
    let session = token(&log_in(&victim, "/login", "ada", PASSWORD).await);
    let (attacker, mine) = (server.browser(), csrf(&victim.get("/login").await));
    let theirs = csrf(&attacker.get("/login").await);
    let reset = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let verify = server.post("users/ada/request_email_verification", json!({})).await.json(200);
    let right = |value: &'static str| match value {
        "RESET" => reset["token"].as_str().expect("a token"),
        "VERIFY" => verify["token"].as_str().expect("a token"),
        other => other,
    };
    let before = victim.cookies();
    let (logins, users) = (events(&server, "user.login.succeeded").await, events(&server, "user.created").await);

    for (path, fields) in FORMS {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, right(value))).collect();
        // Even with the victim's own token, what the browser tells is enough; the cookie is the victim's throughout.
        for told in ELSEWHERE {
            for form in [Some(mine.as_str()), Some(theirs.as_str()), None] {
                let fields: Vec<_> = fields.iter().copied().chain(form.map(|form| ("csrf", form))).collect();
                let answer = victim.send(Method::POST, path, &fields, told).await;
                assert_eq!(answer.status, 403, "{path} {told:?} {form:?}");
            }
        }
        // And without those headers, the token is.
        for form in [None, Some(""), Some("0"), Some(theirs.as_str())] {
            let fields: Vec<_> = fields.iter().copied().chain(form.map(|form| ("csrf", form))).collect();
            assert_eq!(victim.send(Method::POST, path, &fields, &[]).await.status, 403, "{path} {form:?}");
        }
        // Without the cookie no token is right.
        for form in [mine.as_str(), theirs.as_str(), ""] {
            let fields: Vec<_> = fields.iter().copied().chain([("csrf", form)]).collect();
            assert_eq!(server.browser().send(Method::POST, path, &fields, &[]).await.status, 403, "{path} {form:?}");
        }
    }
    assert_eq!(victim.cookies(), before);
    assert_eq!(server.get(&format!("sessions/{session}")).await.status, 200, "still logged in");
    assert_eq!(events(&server, "user.login.succeeded").await, logins);
    assert_eq!(events(&server, "user.login.failed").await, 0, "it never came to a try");
    assert_eq!(events(&server, "user.created").await, users);
    assert_eq!(events(&server, RESET).await, 1, "the one that the API made");
    for changed in ["user.password_token.consumed", "user.password_token.failed", "user.email.verified"] {
        assert_eq!(events(&server, changed).await, 0, "{changed}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn our_own_forms_pass_with_and_without_those_headers(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let own = format!("http://acme.localhost:{}", server.port);
    for told in
        [&[][..], &[("origin", own.as_str())], &[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]]
    {
        let browser = server.browser();
        let form = csrf(&browser.get("/login").await);
        let fields = [("csrf", form.as_str()), ("username", "eve"), ("password", PASSWORD)];
        assert_eq!(browser.send(Method::POST, "/login", &fields, told).await.status, 302, "{told:?}");
    }
}

/// Other content types are what a page elsewhere can send without asking first.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn forms_come_as_forms_only(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("eve").await;
    let browser = server.browser();
    let form = csrf(&browser.get("/login").await);
    let cookie = format!("gantry_csrf={}", browser.cookies()["gantry_csrf"]);
    let json = format!("{{\"csrf\":\"{form}\",\"username\":\"eve\",\"password\":\"{PASSWORD}\"}}");
    let pairs = format!("csrf={form}&username=eve&password={PASSWORD}");
    for (kind, body) in [("application/json", &json), ("text/plain", &json), ("text/plain", &pairs), ("", &json)] {
        let request = server.client.post(format!("{}/login", server.address)).header("host", "acme.localhost");
        let request = request.header("cookie", &cookie).header("content-type", kind).body(body.clone());
        let status = request.send().await.expect("an answer").status().as_u16();
        assert!([400, 403, 415].contains(&status), "{kind}: {status}");
    }
    let query = browser.get(&format!("/login?{pairs}")).await;
    assert_eq!(query.status, 200, "a GET logs nobody in");
    assert_eq!(events(&server, "user.login.succeeded").await, 0);
}
