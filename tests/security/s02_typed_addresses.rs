//! Check 2: an address that is typed, or sent along, beside a provider's word neither takes that word's place nor counts
//! as proven; and whoever really has the address still comes to an account, which nobody else is in.

use rstest::rstest;
use serde_json::json;

use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, hidden, log_in, set_login_rocket, token};
use crate::social::visit::{Visit, path, query};
use crate::support::{Browser, Engine, Person};

/// All that somebody may add to what a provider tells.
const ADDED: [(&str, &str); 8] = [
    ("email", "ada@example.com"),
    ("email_verified", "true"),
    ("email_verification", "verified"),
    ("username", "ada@example.com"),
    ("user[email]", "ada@example.com"),
    ("identity[email]", "ada@example.com"),
    ("profile[email]", "ada@example.com"),
    ("provider_user_id", "1001"),
];

async fn github() -> Visit {
    github_on(Engine::Sqlite).await
}

async fn github_on(engine: Engine) -> Visit {
    let visit = Visit::start(engine).await;
    visit.add("github").await;
    visit
}

/// Eve comes by a provider that tells no address, and types Ada's.
async fn eve_types_adas(visit: &Visit) -> Browser {
    visit.providers.is(Person::new("666", None, None));
    let eve = visit.server.browser();
    assert_eq!(path(&visit.come(&eve, "/auth/github").await), "/auth/signup");
    let mut sent = ADDED.to_vec();
    sent.retain(|(name, _)| *name != "username");
    sent.extend([("username", "eve"), ("first_name", "Eve"), ("last_name", "E")]);
    eve.submit("/auth/signup", &sent).await;
    let user = visit.server.get("users/eve").await.json(200);
    assert_eq!(user["email"], "ada@example.com");
    assert_ne!(user["email_verification"], "verified");
    assert_eq!(visit.credentials("eve").await, ["github"]);
    eve
}

/// Ada opens the mail and sets a password of her own; then the account is hers alone.
async fn ada_takes_it_over(visit: &Visit, eve: &Browser) {
    let ada = visit.server.browser();
    let page = ada.get(&format!("/password/reset?token={}", visit.server.mailed_token(RESET).await)).await;
    let sent = [("token", hidden(&page, "token")), ("password", PASSWORD.to_owned())];
    let sent = sent.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(ada.submit_from(&page, "/password/reset", &sent).await.status, 302);
    // Under the name that is in the mail.
    let mut first = log_in(&ada, "/login", "eve", PASSWORD).await;
    if first.status == 200 {
        // Where addresses are proven, so is hers.
        ada.submit_from(&first, "/email/request", &[("token", &hidden(&first, "token"))]).await;
        let page = ada.get(&format!("/email/verify?token={}", visit.server.mailed_token(VERIFICATION).await)).await;
        ada.submit_from(&page, "/email/verify", &[("token", &hidden(&page, "token"))]).await;
        first = log_in(&ada, "/login", "eve", PASSWORD).await;
    }
    token(&first);
    assert_eq!(visit.credentials("eve").await, ["password"], "eve's way in is gone");
    assert_eq!(path(&visit.come_anew("/auth/github").await), "/auth/signup", "eve is a stranger again");
    assert_eq!(eve.get("/logout").await.status, 302, "and logged out");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_owner_of_a_typed_address_gets_in_by_a_forgotten_password(#[case] engine: Engine) {
    let visit = github_on(engine).await;
    let eve = eve_types_adas(&visit).await;
    // Nor does the owner share it when they come by a provider that has verified them.
    visit.add("google").await;
    visit.providers.is(Person::new("1001", Some("ada@example.com"), Some(true)));
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link");
    visit.providers.is(Person::new("666", None, None));
    visit.server.browser().submit("/password/forgot", &[("username", "ada@example.com")]).await;
    ada_takes_it_over(&visit, &eve).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_proven_the_owner_signs_up_as_if_nobody_had_been_there(#[case] engine: Engine) {
    let visit = github_on(engine).await;
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    let eve = eve_types_adas(&visit).await;
    assert!(!eve.cookies().contains_key("gantry_session"), "not before the address is proven");
    let fields = [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD)];
    let told = visit.server.browser().submit("/signup", &fields).await;
    assert!(told.text.contains("We have sent an email to ada@example.com"), "{}", told.text);
    ada_takes_it_over(&visit, &eve).await;
}

/// What a provider tells cannot be changed on the way back, by whichever name.
#[tokio::test]
async fn nothing_on_the_way_back_changes_what_the_provider_told() {
    let visit = github().await;
    visit.providers.is(Person::new("666", Some("eve@example.com"), Some(true)));
    let added = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(ADDED).finish();
    let browser = visit.server.browser();
    let back = visit.agree(browser.get(&format!("/auth/github?{added}")).await.header("location")).await;
    let done = browser.get(&format!("{back}&{added}")).await;
    assert_eq!(visit.who(&done).await, "eve@example.com");
    assert_eq!(visit.users().await, ["eve@example.com"]);

    // The same where an app's server brings the code, or a token.
    visit.providers.is(Person::new("667", Some("mallory@example.com"), Some(true)));
    let start = "auth_providers/github/authorize?redirect_uri=https://app.example.com/back";
    let started = visit.server.get(&format!("{start}&{added}")).await.json(200);
    let back = query(&format!("http://x{}", visit.agree(started["url"].as_str().expect("an address")).await));
    let person = json!({"email": "ada@example.com", "email_verification": "verified", "username": "ada"});
    let mut sent = json!({"code": back["code"], "state": back["state"], "user": person, "identity": person});
    for (name, value) in ADDED {
        sent[name] = json!(value);
    }
    let user = visit.server.post("auth_providers/authorize", sent).await.json(200);
    assert_eq!(user["username"], "mallory@example.com");
    visit.providers.is(Person::new("668", Some("trudy@example.com"), Some(true)));
    let native = visit.providers.native_token(crate::social::visit::CLIENT);
    let sent = json!({"access_token": native, "user": person, "email": "ada@example.com", "email_verified": true});
    let user = visit.server.post("auth_providers/github/authorize", sent).await.json(200);
    assert_eq!(user["email"], "trudy@example.com");
    assert!(visit.users().await.iter().all(|name| !name.contains("ada")));
}

/// Check 17: a provider's word on what somebody is called takes nobody's address either.
#[tokio::test]
async fn a_nickname_that_is_an_address_is_left_out() {
    let visit = github().await;
    set_login_rocket(&visit.server, &json!({"signup_mode": "user"}), "active").await;
    visit.server.user("ada").await;
    for (nth, nickname) in ["ada@example.com", "ADA@example.com", "victim@example.com"].into_iter().enumerate() {
        let person = Person {
            nickname: nickname.to_owned(),
            ..Person::new(&format!("77{nth}"), Some(&format!("eve{nth}@example.com")), Some(true))
        };
        visit.providers.is(person);
        visit.who(&visit.come_anew("/auth/github").await).await;
    }
    let names = visit.users().await;
    assert_eq!(names.len(), 4);
    let others = names.iter().filter(|name| *name != "ada");
    assert!(others.clone().all(|name| name.starts_with("eve")), "{names:?}");
    assert_eq!(others.count(), 3);
}
