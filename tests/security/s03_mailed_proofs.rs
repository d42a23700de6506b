//! Check 3: what a mail proves, it proves for the account that it was sent for. Whoever comes by another account at the
//! provider, with the same address, gains nothing by it, even with the mail at hand.

use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, forget, hidden, set_login_rocket};
use crate::social::visit::{Visit, path};
use crate::support::{Browser, Engine, Person};

const ADDRESS: &str = "ada@example.com";

/// The ids that a user's accounts have at providers.
async fn upstream(visit: &Visit) -> Vec<String> {
    let user = visit.server.get(&format!("users/{ADDRESS}")).await.json(200);
    let mut ids = Vec::new();
    for one in user["credentials"].as_array().expect("a list") {
        let path = format!("credentials/{}", one["id"].as_str().expect("an id"));
        let credential = visit.server.get(&path).await.json(200);
        ids.extend(credential["provider_user_id"].as_str().map(str::to_owned));
    }
    ids
}

/// Opens a mailed link in this browser and sends its form.
async fn spend(browser: &Browser, path: &str, token: &str) -> u16 {
    let page = browser.get(&format!("{path}?token={token}")).await;
    let sent = [("token", hidden(&page, "token")), ("password", PASSWORD.to_owned())];
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.submit_from(&page, path, &sent).await.status
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_that_one_arrival_brought_about_connects_no_other(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    visit.providers.is(Person::new("1001", Some(ADDRESS), Some(false)));
    visit.come_anew("/auth/google").await;
    let kev = visit.server.mailed_token(VERIFICATION).await;

    // The second account waits in its browser, and spends the first one's mails there.
    visit.providers.is(Person::new("2002", Some(ADDRESS), Some(false)));
    let second = visit.server.browser();
    assert_eq!(path(&visit.come(&second, "/auth/google").await), "/auth/link");
    assert_eq!(spend(&second, "/email/verify", &kev).await, 302);
    assert_eq!(upstream(&visit).await, ["1001"]);
    assert!(!second.cookies().contains_key("gantry_session"));
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link", "nor is it known from now on");

    forget(&second, "/password/forgot", ADDRESS).await;
    let kpw = visit.server.mailed_token(RESET).await;
    assert_eq!(spend(&second, "/password/reset", &kpw).await, 302);
    assert_eq!(upstream(&visit).await, ["1001"]);
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link");

    // The first one is who the mail was for.
    visit.providers.is(Person::new("1001", Some(ADDRESS), Some(false)));
    assert_eq!(visit.who(&visit.come_anew("/auth/google").await).await, ADDRESS);
}

/// A Signup Token holds one account at the provider; whoever makes the user of it cannot name another.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_token_is_for_the_account_that_came(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    set_login_rocket(&visit.server, &json!({"signup_mode": "user_token"}), "active").await;
    let token = crate::loginrocket::visit::token(&visit.come_anew("/auth/google").await);
    let user = json!({"user": {"token": token, "provider_user_id": "2002", "auth_provider_id": "ap_1",
        "credentials": [{"credential_type": "google", "provider_user_id": "2002"}]}});
    let made = visit.server.post("users", user.clone()).await;
    if made.status == 422 {
        // It may refuse what it does not know; then the token is as good as before.
        visit.server.post("users", json!({"user": {"token": token}})).await.json(201);
    }
    assert_eq!(upstream(&visit).await, ["1001"]);
    visit.server.post("users", user).await.json(422);
    visit.providers.is(Person::new("2002", Some(ADDRESS), Some(false)));
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link");
}
