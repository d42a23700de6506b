//! Social logins on an app's own pages (api-v1 §12.2).

use rstest::rstest;
use serde_json::{Value, json};

use super::visit::{CLIENT, Visit, query};
use crate::api::two_factor::{code, enrolled};
use crate::loginrocket::visit::{set_login_rocket, set_passwords};
use crate::support::{Answer, Engine, Person};

const START: &str = "redirect_uri=https%3A%2F%2Fapp.example.com%2Fback";

async fn visit(engine: Engine) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit
}

/// The person agrees: what the app's server sends then.
async fn agreed(visit: &Visit, address: &str) -> Value {
    let back = visit.agree(address).await;
    let sent = query(&format!("https://app.example.com{back}"));
    json!({"code": sent["code"], "state": sent["state"]})
}

async fn begun(visit: &Visit, more: &str) -> Value {
    let started = visit.server.get(&format!("auth_providers/google/authorize?{START}{more}")).await.json(200);
    agreed(visit, started["url"].as_str().expect("an address")).await
}

async fn finish(visit: &Visit, body: &Value) -> Answer {
    visit.server.post("auth_providers/authorize", body.clone()).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_active_social_provider_is_listed(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.add("github").await;
    let issuer = visit.add("issuer").await;
    visit.add("slack").await;
    let inactive = json!({"auth_provider": {"state": "inactive"}});
    visit.server.put("auth_providers/slack", inactive).await.json(200);
    let listed = visit.server.get(&format!("auth_providers/authorize?{START}&nonce=n")).await.json(200);
    let kinds: Vec<&str> = listed["collection"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["provider_type"].as_str().expect("a kind"))
        .collect();
    assert_eq!(kinds, ["google", "github", "oauth2"]);
    let url = listed["collection"][2]["url"].as_str().expect("an address");
    assert!(url.starts_with(&format!("{}/issuer/authorize?", visit.providers.address)), "{url}");
    assert_eq!(query(url)["redirect_uri"], "https://app.example.com/back");

    let one = format!("auth_providers/{}/authorize?{START}", issuer["id"].as_str().expect("an id"));
    let one = visit.server.get(&one).await.json(200);
    assert_eq!((&one["id"], &one["provider_type"]), (&issuer["id"], &json!("oauth2")));
    for name in ["slack", "password", "login_rocket"] {
        let answer = visit.server.get(&format!("auth_providers/{name}/authorize?{START}")).await;
        assert_eq!(answer.status, 404, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn the_way_back_has_to_be_named() {
    let visit = visit(Engine::Sqlite).await;
    for path in ["auth_providers/authorize", "auth_providers/google/authorize"] {
        assert_eq!(visit.server.get(path).await.status, 400);
        for wrong in ["/back", "javascript:alert(1)", "data:text/html,x", "ftp://app.example.com/"] {
            let answer = visit.server.get(&format!("{path}?redirect_uri={wrong}")).await;
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.text);
        }
        let long = "n".repeat(256);
        assert_eq!(visit.server.get(&format!("{path}?{START}&nonce={long}")).await.status, 400);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_becomes_a_login_once(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let mut sent = begun(&visit, "").await;
    sent["request"] = json!({"ip": "203.0.113.9", "client": "Acme app"});
    let user = finish(&visit, &sent).await.json(200);
    assert_eq!((&user["object"], &user["username"]), (&json!("user"), &json!("ada@example.com")));
    let session = visit.server.get(&format!("sessions/{}", user["token"].as_str().expect("a token"))).await.json(200);
    assert_eq!(session["request"], json!({"ip": "203.0.113.9", "client": "Acme app"}));
    let again = finish(&visit, &sent).await;
    assert_eq!(again.refusals("state"), ["State is unknown, expired or was used before"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_nonce_that_was_given_has_to_come_back(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let sent = begun(&visit, "&nonce=of-adas-session").await;
    for wrong in [json!(null), json!("of-eves-session"), json!("")] {
        let mut sent = sent.clone();
        sent["nonce"] = wrong;
        assert_eq!(finish(&visit, &sent).await.refusals("state").len(), 1);
    }
    let mut right = sent.clone();
    right["nonce"] = json!("of-adas-session");
    finish(&visit, &right).await.json(200);
}

/// As PHP's client does: a refused code says so, and where to try again; the same state then still works.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_code_tells_where_to_try_again(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let sent = begun(&visit, "&nonce=n").await;
    let wrong = json!({"code": "wrong", "state": sent["state"], "nonce": "n"});
    let refused = finish(&visit, &wrong).await;
    assert!(refused.refusals("base")[0].starts_with("Error validating code"), "{}", refused.text);
    let retry = refused.json(422)["retry_url"].as_str().expect("an address").to_owned();
    assert!(retry.starts_with(&visit.providers.address), "{retry}");
    assert_eq!(query(&retry)["redirect_uri"], "https://app.example.com/back");

    let mut right = sent.clone();
    right["nonce"] = json!("n");
    finish(&visit, &right).await.json(200);
    let mut retried = agreed(&visit, &retry).await;
    retried["nonce"] = json!("n");
    finish(&visit, &retried).await.json(200);
}

#[tokio::test]
async fn a_state_takes_five_refused_codes() {
    let visit = visit(Engine::Sqlite).await;
    let sent = begun(&visit, "").await;
    let wrong = json!({"code": "wrong", "state": sent["state"]});
    for _ in 0..5 {
        assert_eq!(finish(&visit, &wrong).await.refusals("base").len(), 1);
    }
    assert_eq!(finish(&visit, &sent).await.refusals("state").len(), 1);
}

#[tokio::test]
async fn states_of_the_pages_and_of_the_api_do_not_stand_for_each_other() {
    let visit = visit(Engine::Sqlite).await;
    let browser = visit.server.browser();
    let there = browser.get("/auth/google").await;
    let of_pages = query(&format!("http://x{}", visit.agree(there.header("location")).await));
    let sent = json!({"code": of_pages["code"], "state": of_pages["state"]});
    assert_eq!(finish(&visit, &sent).await.refusals("state").len(), 1);
    let cookie = browser.cookies()["gantry_social"].clone();
    let sent = json!({"code": of_pages["code"], "state": of_pages["state"], "nonce": cookie});
    assert_eq!(finish(&visit, &sent).await.refusals("state").len(), 1);

    let of_api = begun(&visit, "").await;
    let [code, state] = ["code", "state"].map(|name| of_api[name].as_str().expect("text").to_owned());
    assert_eq!(browser.get(&format!("/auth/callback?code={code}&state={state}")).await.status, 422);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_that_is_not_proven_on_both_sides_is_told(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.server.user("ada").await;
    let refused = finish(&visit, &begun(&visit, "").await).await;
    assert!(refused.refusals("email")[0].starts_with("Email belongs to another account"), "{}", refused.text);
    assert_eq!(visit.credentials("ada").await, ["password"]);
    visit.verify("ada").await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), None));
    assert_eq!(finish(&visit, &begun(&visit, "").await).await.refusals("email").len(), 1);
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
    assert_eq!(finish(&visit, &begun(&visit, "").await).await.json(200)["username"], "ada");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_missing_address_is_told(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.providers.is(Person::new("1001", None, None));
    let refused = finish(&visit, &begun(&visit, "").await).await;
    assert_eq!(refused.refusals("email"), ["Email can't be blank: the provider told none"]);
    assert_eq!(visit.users().await, Vec::<String>::new());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_has_a_device_gets_a_pending_login(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let device = enrolled(&visit.server).await;
    visit.providers.state().now = visit.server.clock.now_ms() / 1000;
    visit.verify("ada").await;
    let pending = finish(&visit, &begun(&visit, "").await).await.json(200);
    let token = pending["token"].as_str().expect("a token");
    assert!(token.starts_with("kli_"), "{token}");
    assert_eq!(pending.get("memberships"), None);
    let body = json!({"user": {"token": token, "code": code(&device.secret, visit.server.clock.now_ms())}});
    visit.server.post("users/ada/authenticate_code", body).await.json(200);

    let native = visit.providers.native_token(CLIENT);
    let pending = visit.server.post("auth_providers/google/authorize", json!({"access_token": native})).await.json(200);
    assert!(pending["token"].as_str().expect("a token").starts_with("kli_"));
}

/// LoginRocket's switches are not the API's, but for what a signup makes.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn switches_of_the_pages_do_not_matter_but_the_signup_mode_does(#[case] engine: Engine) {
    let visit = visit(engine).await;
    set_passwords(&visit.server, "inactive").await;
    let off = json!({"login": "off", "signup": "off", "email_verification": "require"});
    set_login_rocket(&visit.server, &off, "active").await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(false)));
    let user = finish(&visit, &begun(&visit, "").await).await.json(200);
    assert_eq!(user["email_verification"], "none");
    assert_eq!(visit.server.browser().get("/auth/google").await.status, 404);

    set_login_rocket(&visit.server, &json!({"signup_mode": "user_token"}), "active").await;
    visit.providers.is(Person::new("2002", None, None));
    let token = finish(&visit, &begun(&visit, "").await).await.json(200);
    assert_eq!((&token["object"], &token["credential_type"]), (&json!("user_token"), &json!("google")));
    assert_eq!((&token["email"], &token["username"]), (&json!(null), &json!("nick2002")));
    let fields = json!({"user": {"token": token["id"], "email": "bo@example.com"}});
    let user = visit.server.post("users", fields).await.json(201);
    assert_eq!((&user["username"], &user["email_verification"]), (&json!("nick2002"), &json!("none")));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let visit = visit(Engine::Sqlite).await;
    let refused = finish(&visit, &json!({})).await;
    assert_eq!(refused.refusals("code"), ["Code can't be blank"]);
    assert_eq!(refused.refusals("state"), ["State can't be blank"]);
    assert_eq!(visit.server.post("auth_providers/google/authorize", json!({})).await.status, 400);
    let typed = visit.server.post("auth_providers/google/authorize", json!({"access_token": 5})).await;
    assert_eq!(typed.refusals("access_token").len(), 1);
}
