//! Each provider, in its own words.

use gantry_crypto::pkce;
use rstest::rstest;
use serde_json::json;

use super::visit::{CLIENT, Visit, query};
use crate::loginrocket::visit::{location, param};
use crate::support::{Engine, Person};

#[rstest]
#[case::facebook("facebook", false, false, "public_profile email")]
#[case::github("github", true, true, "read:user user:email")]
#[case::google("google", true, true, "openid email profile")]
#[case::linkedin("linkedin", false, true, "openid profile email")]
#[case::slack("slack", false, true, "openid email profile")]
#[case::yahoo("yahoo", true, true, "openid email profile")]
#[case::issuer("issuer", true, true, "openid email profile")]
#[case::custom("custom", true, true, "people")]
#[tokio::test]
async fn each_provider_brings_a_new_person(
    #[case] name: &str,
    #[case] pkce: bool,
    #[case] verified: bool,
    #[case] scope: &str,
) {
    let visit = Visit::start(Engine::Sqlite).await;
    let provider = visit.add(name).await;
    let browser = visit.server.browser();

    let there = browser.get(&format!("/auth/{}?redir=%2Finbox", Visit::key(&provider))).await;
    let asked = query(there.header("location"));
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT);
    assert_eq!(asked["scope"], scope);
    assert_eq!(asked["redirect_uri"], format!("http://acme.localhost:{}/auth/callback", visit.server.port));
    assert!(asked["state"].len() >= 43, "256 bits in base62");
    assert_eq!(asked.contains_key("code_challenge"), pkce);
    assert_eq!(asked.get("tenant").map(String::as_str), (name == "custom").then_some("a"), "its own query is kept");

    let back = visit.agree(there.header("location")).await;
    let done = browser.get(&back).await;
    let url = location(&done);
    assert_eq!(url.host_str(), Some("app.example.com"), "{}", done.text);
    assert_eq!(param(&url, "signup").as_deref(), Some("true"));
    assert_eq!(param(&url, "redir").as_deref(), Some("/inbox"));
    assert_eq!(visit.who(&done).await, "ada@example.com");
    if pkce {
        let form = visit.providers.last("oken").form;
        assert_eq!(pkce::challenge(&form["code_verifier"]), asked["code_challenge"]);
    }

    let user = visit.server.get("users/ada@example.com").await.json(200);
    assert_eq!(user["email_verification"], if verified { "verified" } else { "none" });
    if name != "custom" {
        assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Ada"), &json!("Lovelace")));
    }
    let kind = if ["issuer", "custom"].contains(&name) { "oauth2" } else { name };
    assert_eq!(visit.credentials("ada@example.com").await, [kind]);
    let credential = user["credentials"][0]["id"].as_str().expect("an id");
    let credential = visit.server.get(&format!("credentials/{credential}")).await.json(200);
    assert_eq!(credential["provider_user_id"], "1001");
    assert_eq!(credential["auth_provider_id"], provider["id"]);
    assert!(credential["access_token"].as_str().expect("a token").starts_with("token-"));
    assert_eq!(credential["token_expires_at"].as_f64(), Some(1_767_229_200.0));

    // The second time the same person comes, nobody is made.
    let again = visit.come_anew(&format!("/auth/{}", Visit::key(&provider))).await;
    assert_eq!(visit.who(&again).await, "ada@example.com");
    assert_eq!(param(&location(&again), "signup"), None);
}

#[rstest]
#[case::facebook("facebook")]
#[case::github("github")]
#[case::google("google")]
#[case::linkedin("linkedin")]
#[case::yahoo("yahoo")]
#[tokio::test]
async fn a_token_of_an_app_counts_only_if_it_was_issued_to_this_client(#[case] name: &str) {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add(name).await;
    let path = format!("auth_providers/{name}/authorize");

    let ours = visit.providers.native_token(CLIENT);
    let user =
        visit.server.post(&path, json!({"access_token": ours, "request": {"ip": "203.0.113.9"}})).await.json(200);
    assert_eq!(user["username"], "ada@example.com");
    let token = user["token"].as_str().expect("a login token");
    visit.server.get(&format!("sessions/{token}")).await.json(200);

    let theirs = visit.providers.native_token("client-of-eve");
    let refused = visit.server.post(&path, json!({"access_token": theirs})).await;
    assert!(refused.refusals("base")[0].starts_with("Error validating code"), "{}", refused.text);
    let refused = visit.server.post(&path, json!({"access_token": "made-up"})).await;
    assert!(refused.refusals("base")[0].starts_with("Error validating code"), "{}", refused.text);
}

#[rstest]
#[case::slack("slack")]
#[case::issuer("issuer")]
#[case::custom("custom")]
#[tokio::test]
async fn a_token_that_nobody_can_check_is_refused(#[case] name: &str) {
    let visit = Visit::start(Engine::Sqlite).await;
    let provider = visit.add(name).await;
    let token = visit.providers.native_token(CLIENT);
    let path = format!("auth_providers/{}/authorize", provider["id"].as_str().expect("an id"));
    let refused = visit.server.post(&path, json!({"access_token": token})).await;
    assert_eq!(
        refused.refusals("access_token"),
        ["Access token can't be used: this provider does not tell for which app it was issued"]
    );
}

/// GitHub tells addresses in a call of its own, of which the main one counts.
#[tokio::test]
async fn github_says_which_address_is_verified() {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("github").await;
    visit.providers.is(Person::new("77", Some("bo@example.com"), Some(false)));
    visit.come_anew("/auth/github").await;
    let user = visit.server.get("users/bo@example.com").await.json(200);
    assert_eq!(user["email_verification"], "none");
}
