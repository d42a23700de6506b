//! `login` and `login/code` (loginrocket-v1 §4.2, §4.3; decisions §4).

use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

use super::calls::{by_get, done, error, from_page, from_server, is_live, is_remembered, log_in, token};
use crate::api::two_factor;
use crate::loginrocket::visit::{PASSWORD, VERIFICATION, events, param, set_app, set_login_rocket, set_passwords};
use crate::support::{Browser, Engine, TestServer};

const WRONG: &str = "wrong-but-long-enough";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_way_to_send_it_ends_with_a_token_and_where_to_take_it(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let fields = [("username", "ada"), ("password", PASSWORD)];
    let browser = server.browser();
    for answer in [
        from_server(&server, "login", json!({"username": "ADA ", "password": PASSWORD})).await,
        browser.send(reqwest::Method::POST, "/v1/login", &fields, &[]).await,
        by_get(&browser, "login", &fields, &[]).await,
    ] {
        let body = done(&answer);
        let token = token(&answer);
        let url = Url::parse(body["url"].as_str().expect("an address")).expect("a whole one");
        assert!(url.as_str().starts_with("https://app.example.com/login?token="), "{url}");
        assert_eq!(param(&url, "token").as_deref(), Some(&*token));
        assert_eq!(param(&url, "signup"), None);
        assert_eq!(body.as_object().expect("an object").len(), 2, "{body}");
        let session = server.get(&format!("sessions/{token}")).await.json(200);
        assert_eq!(session["user_id"], user["id"]);
        assert_eq!(session["request"], json!({"ip": "127.0.0.1", "client": "Test browser"}));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("x-request-id").starts_with("rq_"), "{:?}", answer.headers);
    }
    assert_eq!(events(&server, "user.login.succeeded").await, 3);
    assert!(!is_remembered(&browser), "nothing told that a page of the app had called");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_browser_of_the_apps_page_remembers_the_login(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    assert!(is_live(&server, &token(&log_in(&browser, "ada", PASSWORD).await)).await);
    assert!(is_remembered(&browser));
    assert_eq!(browser.get("/logout").await.status, 200, "the hosted page knows who is logged in");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refusal_is_a_sentence_with_status_200(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    server.user("eve").await;
    server.put("users/eve", json!({"user": {"state": "inactive"}})).await.json(200);
    let browser = server.browser();
    for (username, password) in [("ada", WRONG), ("nobody", PASSWORD), ("eve", PASSWORD), ("a\u{0}b", PASSWORD)] {
        let refused = log_in(&browser, username, password).await;
        assert_eq!(
            error(&refused),
            "That username or email and the password do not match. Please try again.",
            "{username}"
        );
    }
    assert!(!is_remembered(&browser));
    assert_eq!(events(&server, "user.login.failed").await, 4);
    for (body, field, text) in [
        (json!({"password": PASSWORD}), "username", "Username can't be blank"),
        (json!({"username": " ", "password": PASSWORD}), "username", "Username can't be blank"),
        (json!({"username": "ada"}), "password", "Password can't be blank"),
        (json!({"username": "ada", "password": ""}), "password", "Password can't be blank"),
        (json!({"username": "ada", "password": 5}), "password", "Password must be text"),
        (json!({}), "username", "Username can't be blank"),
    ] {
        let refused = from_page(&browser, "login", body.clone()).await;
        assert_eq!(error(&refused), text, "{body}");
        assert_eq!(refused.json(200)["errors"], json!({ field: [text] }));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_is_called_by_the_realms_kind_of_name(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    // Some clients send both.
    let both = json!({"username": "ada", "email": "other@example.com", "password": PASSWORD});
    done(&from_server(&server, "login", both).await);
    let email = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), email).await.json(200);
    let user = json!({"user": {
        "user_type": "human", "username": "Grace@example.com", "email": "grace@example.com", "password": PASSWORD,
    }});
    server.post("users", user).await.json(201);
    for name in ["email", "username"] {
        done(&from_server(&server, "login", json!({name: "GRACE@example.com", "password": PASSWORD})).await);
    }
    let both = json!({"username": "grace", "email": "grace@example.com", "password": PASSWORD});
    done(&from_server(&server, "login", both).await);
    let refused = from_server(&server, "login", json!({"email": "grace@example.com", "password": WRONG})).await;
    assert_eq!(error(&refused), "That email and password do not match. Please try again.");
    let refused = from_server(&server, "login", json!({"password": WRONG})).await;
    assert_eq!(error(&refused), "Email can't be blank");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn redirects_follow_the_pages_rules(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_app(&server, json!({"redirect_uris": ["https://other.example/cb"]})).await;
    let login = |more: Value| {
        let mut body = json!({"username": "ada", "password": PASSWORD});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    for (more, start, redir) in [
        (json!({"redirect_uri": "https://other.example/cb/x"}), "https://other.example/cb/x?token=", None),
        (json!({"redirect_uri": "https://evil.test/cb"}), "https://app.example.com/login?token=", None),
        (json!({"redirect_uri": "javascript:alert(1)"}), "https://app.example.com/login?token=", None),
        (json!({"redir": "https://evil.test/in/app?a=1"}), "https://app.example.com/login?token=", Some("/in/app?a=1")),
        (json!({"redir": "//evil.test/"}), "https://app.example.com/login?token=", None),
    ] {
        let body = done(&from_server(&server, "login", login(more.clone())).await);
        let url = Url::parse(body["url"].as_str().expect("an address")).expect("a whole one");
        assert!(url.as_str().starts_with(start), "{more}: {url}");
        assert_eq!(param(&url, "redir").as_deref(), redir, "{more}");
    }
    // In the query too, as the pages have it.
    let path = "/v1/login?redirect_uri=https%3A%2F%2Fother.example%2Fcb";
    let answer = server.browser().json(path, &login(json!({})), &[]).await;
    assert!(done(&answer)["url"].as_str().is_some_and(|url| url.starts_with("https://other.example/cb?token=")));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_second_factor_comes_between(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let device = two_factor::enrolled(&server).await;
    let browser = server.browser();
    for call in ["login", "login/code"] {
        let pending = done(&log_in(&browser, "ada", PASSWORD).await);
        let kli = pending["token"].as_str().expect("a token").to_owned();
        assert!(kli.starts_with("kli_"), "{pending}");
        assert_eq!(pending, json!({"token": kli, "second_factor": "totp"}));
        assert!(!is_remembered(&browser) && !is_live(&server, &kli).await, "check 15");
        let code = two_factor::code(&device.secret, server.clock.now_ms());
        for wrong in ["", "x", "999999999"] {
            let refused = from_page(&browser, call, json!({"token": kli, "code": wrong})).await;
            assert!(!error(&refused).is_empty() && !is_remembered(&browser));
        }
        let finished = from_page(&browser, call, json!({"token": kli, "code": code})).await;
        assert!(is_live(&server, &token(&finished)).await);
        assert!(done(&finished)["url"].as_str().is_some_and(|url| url.starts_with("https://app.example.com/login?")));
        let again = from_page(&server.browser(), call, json!({"token": kli, "code": code})).await;
        assert_eq!(
            error(&again),
            "That code is not right, or it has expired. Please try the next one, or go back and log in again."
        );
        assert!(is_remembered(&browser));
        from_page(&browser, "logout", json!({})).await;
        assert!(!is_remembered(&browser));
        server.clock.advance(30_000);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_proven_the_mail_comes_first(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let browser = server.browser();
    let waits = log_in(&browser, "ada", PASSWORD).await;
    let body = waits.json(200);
    assert!(error(&waits).contains("confirm your email address"), "{body}");
    assert_eq!(body["email_verification"], "required");
    assert!(!is_remembered(&browser));
    let again = body["email_request_token"].as_str().expect("a token");
    done(&from_page(&browser, "email/request", json!({"token": again})).await);
    let mailed = server.mailed_token(VERIFICATION).await;
    done(&from_page(&browser, "email/verify", json!({"token": mailed})).await);
    token(&log_in(&browser, "ada", PASSWORD).await);
    // With a wrong password nothing of that shows.
    server.user("eve").await;
    let refused = log_in(&browser, "eve", WRONG).await;
    assert_eq!(error(&refused), "That username or email and the password do not match. Please try again.");
    assert_eq!(refused.json(200).as_object().expect("an object").len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_offered_is_not_there(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let login = json!({"username": "ada", "password": PASSWORD});
    for (setting, status) in [("off", 404), ("hosted", 404), ("js", 200), ("both", 200)] {
        set_login_rocket(&server, &json!({"login": setting}), "active").await;
        for call in ["login", "login/code", "password/forgot", "auth_providers"] {
            let answer = from_server(&server, call, login.clone()).await;
            assert_eq!(answer.status, status, "{setting} {call}: {}", answer.text);
            assert_eq!(answer.json(status)["error"].is_string(), status == 404 || call == "login/code", "{call}");
        }
    }
    set_login_rocket(&server, &json!({}), "inactive").await;
    assert!(from_server(&server, "login", login.clone()).await.json(404)["error"].is_string());
    set_login_rocket(&server, &json!({}), "active").await;
    set_passwords(&server, "inactive").await;
    assert!(!error(&from_server(&server, "login", login.clone()).await).is_empty());
    for call in ["password/forgot", "password/reset", "password/update"] {
        assert_eq!(from_server(&server, call, login.clone()).await.status, 404, "{call}");
    }
    let nobodys = Browser::new(server.client.clone(), &server.address, "nobody.localhost");
    let answer = nobodys.json("/v1/login", &login, &[]).await;
    assert!(answer.json(404)["error"].is_string() && answer.header("x-request-id").starts_with("rq_"));
    let nothing = server.browser().json("/v1/nothing", &login, &[]).await;
    assert!(nothing.json(404)["error"].is_string());
    let put = server.browser().send(reqwest::Method::PUT, "/v1/login", &[], &[]).await;
    assert!(put.json(405)["error"].is_string());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_body_that_cannot_be_read_is_the_developers_mistake(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let url = format!("{}/v1/login", server.address);
    for (kind, body, status) in [
        ("application/json", "{\"username\":".to_owned(), 400),
        ("application/json", "[1]".to_owned(), 400),
        ("application/x-www-form-urlencoded", "username=%ff".to_owned(), 400),
        ("text/plain", "{}".to_owned(), 415),
        ("application/json", format!("{{\"password\":\"{}\"}}", "x".repeat(2_000_000)), 413),
    ] {
        let request = server.client.post(&url).header("host", "acme.localhost").header("content-type", kind);
        let answer = request.body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{kind}");
        assert!(answer.json::<Value>().await.expect("JSON")["error"].is_string());
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn too_many_tries_are_told_with_status_200_and_when_to_come_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let browser = server.browser();
    for _ in 0..10 {
        error(&log_in(&browser, "ada", WRONG).await);
    }
    let limited = log_in(&browser, "ada", PASSWORD).await;
    assert!(error(&limited).starts_with("Too many tries."));
    assert_eq!(limited.json(200)["retry_after"], 60);
    assert_eq!(limited.header("retry-after"), "60");
    assert!(limited.header("access-control-expose-headers").contains("retry-after"));
    server.clock.advance(60_000);
    token(&log_in(&browser, "ada", PASSWORD).await);
}
