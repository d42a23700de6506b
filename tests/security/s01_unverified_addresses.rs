//! Check 1: somebody else's address, registered before them by password and never proven, is never shared with them when
//! they come by a provider, whatever that says of the address; and check 2: what is typed is not what a provider told.

use rstest::rstest;

use crate::loginrocket::visit::{PASSWORD, log_in, token};
use crate::social::visit::{Visit, path};
use crate::support::{Engine, Person};

#[rstest]
#[case::sqlite_verified(Engine::Sqlite, Some(true))]
#[case::sqlite_unverified(Engine::Sqlite, Some(false))]
#[case::sqlite_not_told(Engine::Sqlite, None)]
#[case::postgres_verified(Engine::Postgres, Some(true))]
#[case::postgres_unverified(Engine::Postgres, Some(false))]
#[case::postgres_not_told(Engine::Postgres, None)]
#[tokio::test]
async fn a_registered_address_is_not_shared_before_it_is_proven(
    #[case] engine: Engine,
    #[case] verified: Option<bool>,
) {
    let visit = Visit::start(engine).await;
    visit.add("google").await;
    // Eve takes ada's address, by password.
    visit.server.user("ada").await;
    visit.providers.is(Person::new("1001", Some("ADA@example.com"), verified));
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/google").await), "/auth/link");
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(visit.credentials("ada").await, ["password"]);
    token(&log_in(&visit.server.browser(), "/login", "ada", PASSWORD).await);

    // Once it is proven, the provider's word decides.
    visit.verify("ada").await;
    let answer = visit.come_anew("/auth/google").await;
    if verified == Some(true) {
        assert_eq!(visit.who(&answer).await, "ada");
    } else {
        assert_eq!(path(&answer), "/auth/link");
        assert_eq!(visit.credentials("ada").await, ["password"]);
    }
}

/// The other way round: an account that a provider's unverified word has made is not shared with the address's owner.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_account_made_by_an_unverified_word_is_not_shared(#[case] engine: Engine) {
    let visit = Visit::start(engine).await;
    visit.add("facebook").await;
    visit.add("google").await;
    visit.come_anew("/auth/facebook").await;
    visit.providers.is(Person::new("of-the-owner", Some("ada@example.com"), Some(true)));
    assert_eq!(path(&visit.come_anew("/auth/google").await), "/auth/link");
    assert_eq!(visit.credentials("ada@example.com").await, ["facebook"]);
}

/// Whoever proves an address by a mail takes the account over from those who never did: their ways in end.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_owner_of_the_address_gets_the_account_for_themselves(#[case] engine: Engine) {
    use crate::loginrocket::visit::{RESET, forget, hidden};
    let visit = Visit::start(engine).await;
    visit.add("facebook").await;
    visit.come_anew("/auth/facebook").await;
    let owner = visit.server.browser();
    forget(&owner, "/password/forgot", "ada@example.com").await;
    let page = owner.get(&format!("/password/reset?token={}", visit.server.mailed_token(RESET).await)).await;
    let sent = [("token", hidden(&page, "token")), ("password", PASSWORD.to_owned())];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    owner.submit_from(&page, "/password/reset", &sent).await;
    assert_eq!(visit.credentials("ada@example.com").await, ["password"]);
    assert_eq!(path(&visit.come_anew("/auth/facebook").await), "/auth/link");
}
