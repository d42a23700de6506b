//! Whose a person from a provider is here, and how far that leads (decisions §5).

use rstest::rstest;
use serde_json::json;

use super::visit::{Visit, path, query};
use crate::api::two_factor::{code, enrolled};
use crate::loginrocket::visit::{VERIFICATION, events, hidden, location, param, set_app, set_login_rocket};
use crate::support::{Answer, Browser, Engine, Person};

async fn visit(engine: Engine) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    visit
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_that_both_have_verified_connects(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.server.user("ada").await;
    visit.verify("ada").await;
    let done = visit.come_anew("/auth/google").await;
    assert_eq!(visit.who(&done).await, "ada");
    assert_eq!(param(&location(&done), "signup"), None);
    assert_eq!(visit.credentials("ada").await, ["password", "google"]);
    assert_eq!(visit.users().await, ["ada"]);
    assert_eq!(events(&visit.server, "user.created").await, 1);
    assert_eq!(events(&visit.server, "user.login.succeeded").await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_address_at_the_provider_changes_nothing_here(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.come_anew("/auth/google").await;
    visit.server.user("grace").await;
    visit.verify("grace").await;
    visit.providers.is(Person::new("1001", Some("grace@example.com"), Some(true)));
    assert_eq!(
        visit.who(&visit.come_anew("/auth/google").await).await,
        "ada@example.com",
        "by the id, not the address"
    );
    let user = visit.server.get("users/ada@example.com").await.json(200);
    assert_eq!(user["email"], "ada@example.com");
    assert_eq!(visit.credentials("grace").await, ["password"]);
    visit.providers.is(Person::new("1001", None, None));
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");
}

/// Whoever proved one address has proven no other by having it set through the API.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_that_came_after_the_proof_connects_nothing(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.server.user("mallory").await;
    visit.verify("mallory").await;
    // As clients change an address that send back all they have read.
    for fields in
        [json!({"email": "ada@example.com"}), json!({"email": "ada@example.com", "email_verification": "verified"})]
    {
        let changed = visit.server.put("users/mallory", json!({ "user": fields })).await.json(200);
        assert_eq!(changed["email_verification"], "verified", "as it was");
        let arrived = visit.come_anew("/auth/google").await;
        assert_eq!(path(&arrived), "/auth/link", "the password is asked for");
    }
    assert_eq!(visit.credentials("mallory").await, ["password"]);
    // The link of a mail proves the address that it went to.
    visit.server.post("users/mallory/request_email_verification", json!({})).await.json(200);
    let token = visit.server.mailed_token(VERIFICATION).await;
    let spent = json!({"user": {"token": token}});
    visit.server.post("users/mallory/verify_email", spent).await.json(200);
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "mallory");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn two_providers_with_one_verified_address_are_one_person(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.add("github").await;
    visit.add("facebook").await;
    visit.come_anew("/auth/google").await;
    assert_eq!(visit.who(&visit.come_anew("/auth/github").await).await, "ada@example.com");
    assert_eq!(visit.credentials("ada@example.com").await, ["google", "github"]);
    // Facebook says nothing of having verified it.
    assert_eq!(path(&visit.come_anew("/auth/facebook").await), "/auth/link");
    assert_eq!(visit.users().await, ["ada@example.com"]);
}

/// A flag of the profile's speaks of the profile's usual address, not of one that people write there as they like.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_in_another_field_is_not_verified_by_the_usual_flag(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    let provider = visit.add("custom").await;
    let id = provider["id"].as_str().expect("an id");
    let fields = json!({"email_field": "contact_mail", "email_verified_field": null});
    visit.server.put(&format!("auth_providers/{id}"), json!({ "auth_provider": fields })).await.json(200);
    visit.server.user("boss").await;
    visit.verify("boss").await;
    visit.providers.state().patch_profile = Box::new(|told| {
        told.insert("email".to_owned(), json!("eve@evil.example"));
        told.insert("email_verified".to_owned(), json!(true));
        told.insert("contact_mail".to_owned(), json!("boss@example.com"));
    });
    assert_eq!(path(&visit.come_anew(&format!("/auth/{id}")).await), "/auth/link");
    assert_eq!(visit.credentials("boss").await, ["password"]);
}

/// What an ID token says of its address, it does not say of another one in the profile.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_address_of_the_profile_is_not_verified_by_the_id_token(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    let provider = visit.add("issuer").await;
    visit.server.user("boss").await;
    visit.verify("boss").await;
    visit.providers.is(Person::new("6006", Some("eve@evil.example"), Some(true)));
    visit.providers.state().patch = Box::new(|claims| {
        // So that the profile is asked for.
        claims.remove("name");
        claims.remove("given_name");
    });
    visit.providers.state().patch_profile = Box::new(|told| {
        told.insert("email".to_owned(), json!("boss@example.com"));
        told.remove("email_verified");
    });
    let done = visit.come_anew(&format!("/auth/{}", Visit::key(&provider))).await;
    assert_eq!(visit.who(&done).await, "eve@evil.example");
    assert_eq!(visit.credentials("boss").await, ["password"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn inactive_people_stay_out(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.come_anew("/auth/google").await;
    let state = |state: &str| json!({"user": {"state": state}});
    visit.server.put("users/ada@example.com", state("inactive")).await.json(200);
    let answer = visit.come_anew("/auth/google").await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert!(!answer.header("set-cookie").contains("session"));
    assert_eq!(events(&visit.server, "user.login.failed").await, 1);
    // Nor by an address alone.
    visit.server.user("bo").await;
    visit.verify("bo").await;
    visit.server.put("users/bo", state("inactive")).await.json(200);
    visit.providers.is(Person::new("2002", Some("bo@example.com"), Some(true)));
    assert_eq!(visit.come_anew("/auth/google").await.status, 403);
    assert_eq!(visit.credentials("bo").await, ["password"]);

    visit.server.put("users/ada@example.com", state("active")).await.json(200);
    visit.providers.is(Person::new("1001", None, None));
    visit.who(&visit.come_anew("/auth/google").await).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_has_a_device_shows_a_code(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let device = enrolled(&visit.server).await;
    visit.providers.state().now = visit.server.clock.now_ms() / 1000;
    visit.verify("ada").await;
    let browser = visit.server.browser();
    let page = visit.come(&browser, "/auth/google?redir=/inbox").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(!browser.cookies().contains_key("gantry_session"), "no session before the code");
    let digits = code(&device.secret, visit.server.clock.now_ms());
    let sent = [("token", hidden(&page, "token")), ("code", digits)];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.submit_from(&page, "/login/code?redir=/inbox", &sent).await;
    assert_eq!(visit.who(&done).await, "ada");
    assert_eq!(param(&location(&done), "redir").as_deref(), Some("/inbox"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_have_to_be_proven_an_unverified_one_gets_a_mail_first(#[case] engine: Engine) {
    let visit = visit(engine).await;
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(false)));
    let browser = visit.server.browser();
    let page = visit.come(&browser, "/auth/google").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("We have sent an email to ada@example.com"), "{}", page.text);
    assert!(!browser.cookies().contains_key("gantry_session"));
    let again = visit.come_anew("/auth/google").await;
    assert!(again.text.contains("<h1>Confirm your email address first</h1>"), "{}", again.text);
    let mail = browser.get(&format!("/email/verify?token={}", visit.server.mailed_token(VERIFICATION).await)).await;
    browser.submit_from(&mail, "/email/verify", &[("token", &hidden(&mail, "token"))]).await;
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");

    // A provider that has verified it has done that work.
    visit.providers.is(Person::new("2002", Some("bo@example.com"), Some(true)));
    let done = visit.come_anew("/auth/google").await;
    assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"));
}

/// The address that they come back to names no language.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_left_in_a_language_comes_back_in_it_and_gets_their_mail_in_it(#[case] engine: Engine) {
    let visit = visit(engine).await;
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(false)));
    let browser = visit.server.browser();
    for page in [
        visit.come(&browser, "/auth/google?locale=de").await,
        decline(&browser, "/auth/google?locale=de").await,
        visit.come(&browser, "/auth/google?locale=de").await,
    ] {
        assert!(page.text.contains("<html lang=\"de\">"), "{}", page.text);
    }
    let mail = visit.server.mailed(VERIFICATION).await.expect("a mail");
    assert!(mail.text.contains("Bitte bestätigen Sie"), "{}", mail.text);
    let unknown = visit.come(&browser, "/auth/google?locale=tlh").await;
    assert!(unknown.text.contains("<html lang=\"en\">"), "{}", unknown.text);
}

/// The person does not agree at the provider.
async fn decline(browser: &Browser, address: &str) -> Answer {
    let state = query(&path(&browser.get(address).await))["state"].clone();
    browser.get(&format!("/auth/callback?error=access_denied&state={state}")).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn strangers_are_refused_where_nobody_signs_up(#[case] engine: Engine) {
    let visit = visit(engine).await;
    visit.come_anew("/auth/google").await;
    for settings in [json!({"signup": "off"}), json!({"signup": "off", "login": "js"})] {
        set_login_rocket(&visit.server, &settings, "active").await;
        visit.providers.is(Person::new("2002", Some("bo@example.com"), Some(true)));
        let answer = visit.come_anew("/auth/google").await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert!(answer.text.contains("No account found"), "{}", answer.text);
        assert_eq!(visit.users().await, ["ada@example.com"]);
        visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
        assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada@example.com");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_signups_make_tokens_strangers_become_one(#[case] engine: Engine) {
    let visit = visit(engine).await;
    set_login_rocket(&visit.server, &json!({"signup_mode": "user_token"}), "active").await;
    set_app(&visit.server, json!({"signup_handler": "https://app.example.com/signup"})).await;
    let done = visit.come_anew("/auth/google?redir=/inbox").await;
    let url = location(&done);
    assert_eq!((url.path(), param(&url, "redir").as_deref()), ("/signup", Some("/inbox")));
    let token = param(&url, "token").expect("a token");
    assert!(token.starts_with("utk_"), "{token}");
    assert_eq!(visit.users().await, Vec::<String>::new());
    let held = visit.server.get(&format!("user_tokens/{token}")).await.json(200);
    assert_eq!((&held["credential_type"], &held["email"]), (&json!("google"), &json!("ada@example.com")));

    let user = visit.server.post("users", json!({"user": {"token": token, "username": "ada"}})).await.json(201);
    assert_eq!(user["email_verification"], "verified");
    assert_eq!(visit.credentials("ada").await, ["google"]);
    let credential = user["credentials"][0]["id"].as_str().expect("an id");
    let credential = visit.server.get(&format!("credentials/{credential}")).await.json(200);
    assert!(credential["access_token"].as_str().expect("a token").starts_with("token-"));
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, "ada");
}

/// The app may give another address, which nobody has verified.
#[tokio::test]
async fn a_token_with_another_address_is_no_proof_of_that() {
    let visit = visit(Engine::Sqlite).await;
    set_login_rocket(&visit.server, &json!({"signup_mode": "user_token"}), "active").await;
    let token = crate::loginrocket::visit::token(&visit.come_anew("/auth/google").await);
    let fields = json!({"user": {"token": token, "username": "ada", "email": "victim@example.com"}});
    let user = visit.server.post("users", fields).await.json(201);
    assert_eq!(user["email_verification"], "none");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_signups_make_orgs_so_do_these(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let settings = json!({"signup_mode": "user_org", "membership_permissions": ["owner"]});
    set_login_rocket(&visit.server, &settings, "active").await;
    visit.come_anew("/auth/google").await;
    let user = visit.server.get("users/ada@example.com?expand=memberships").await.json(200);
    assert_eq!(user["memberships"][0]["permissions"], json!(["owner"]));
    assert_eq!(user["memberships"][0]["org"]["name"], "Ada Lovelace");
}

/// A name that looks like an address is that address's: its owner is asked for a password.
#[tokio::test]
async fn a_username_that_is_the_address_counts_as_having_it() {
    let visit = visit(Engine::Sqlite).await;
    let user = json!({"user": {"user_type": "human", "username": "ada@example.com", "email": "other@example.com",
        "email_verification": "verified", "password": "tr0mbone-under-glass"}});
    visit.server.post("users", user).await.json(201);
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link");
}

/// Where several may have one address, an address that several have says nothing.
#[tokio::test]
async fn an_address_that_several_have_connects_nobody() {
    let visit = visit(Engine::Sqlite).await;
    let realm = visit.server.realm().to_owned();
    let fields = json!({"realm": {"require_unique_emails": false}});
    visit.server.put(&format!("realms/{realm}"), fields).await.json(200);
    for name in ["ada", "ada2"] {
        let user = json!({"user": {"user_type": "human", "username": name, "email": "ada@example.com",
            "email_verification": "verified", "password": "tr0mbone-under-glass"}});
        visit.server.post("users", user).await.json(201);
    }
    let done = visit.come_anew("/auth/google").await;
    assert_eq!(visit.who(&done).await, "ada@example.com");
    assert_eq!(visit.users().await, ["ada", "ada2", "ada@example.com"]);
}

/// The button is pressed twice: one person is made.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn many_at_once_are_one_person(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browsers: Vec<_> = (0..8).map(|_| visit.server.browser()).collect();
    let done = futures_util::future::join_all(browsers.iter().map(|browser| visit.come(browser, "/auth/google"))).await;
    for answer in &done {
        assert_eq!(visit.who(answer).await, "ada@example.com", "{}", answer.text);
    }
    assert_eq!(visit.users().await, ["ada@example.com"]);
    assert_eq!(visit.credentials("ada@example.com").await, ["google"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn deleting_a_provider_ends_its_logins(#[case] engine: Engine) {
    let visit = visit(engine).await;
    let browser = visit.server.browser();
    visit.come_anew("/auth/google").await;
    let back = visit.agree(&path(&browser.get("/auth/google").await)).await;
    visit.server.delete("auth_providers/google").await;
    assert_eq!(browser.get(&back).await.status, 422);
    assert_eq!(visit.credentials("ada@example.com").await, Vec::<String>::new());
}
