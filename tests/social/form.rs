//! A provider that tells no address: a form asks for it (check 2: whatever is typed there is not proven).

use rstest::rstest;
use serde_json::json;

use super::visit::{Visit, path};
use crate::loginrocket::visit::{RESET, VERIFICATION, events, location, param, set_login_rocket};
use crate::support::{Browser, Engine, Person};

async fn visit(engine: Engine) -> (Visit, Browser) {
    let visit = Visit::start(engine).await;
    visit.add("github").await;
    visit.providers.is(Person::new("1001", None, None));
    let browser = visit.server.browser();
    assert_eq!(path(&visit.come(&browser, "/auth/github?redir=/inbox").await), "/auth/signup?redir=%2Finbox");
    (visit, browser)
}

const ADA: [(&str, &str); 4] =
    [("email", "ada@example.com"), ("username", "ada"), ("first_name", "Ada"), ("last_name", "Lovelace")];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_rest_is_filled_in_and_the_address_is_asked_for(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    assert_eq!(visit.users().await, Vec::<String>::new(), "nobody is made before");
    let page = browser.get("/auth/signup?redir=/inbox").await;
    for told in ["value=\"nick1001\"", "value=\"Ada\"", "value=\"Lovelace\"", "GitHub"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    assert!(!page.text.contains("type=\"password\""), "{}", page.text);
    let empty = browser.submit("/auth/signup", &[("username", "ada")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("Email can&#x27;t be blank") || empty.text.contains("Email can't be blank"));

    let mut sent = ADA.to_vec();
    sent.extend([("email_verification", "verified"), ("state", "inactive"), ("password", "x")]);
    let done = browser.submit("/auth/signup?redir=/inbox", &sent).await;
    assert_eq!(visit.who(&done).await, "ada");
    assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"));
    assert_eq!(param(&location(&done), "redir").as_deref(), Some("/inbox"));
    let user = visit.server.get("users/ada").await.json(200);
    assert_eq!((&user["email_verification"], &user["state"]), (&json!("none"), &json!("active")));
    assert_eq!(visit.credentials("ada").await, ["github"]);
    assert_eq!(browser.get("/auth/signup").await.status, 422, "it is spent");
    assert_eq!(visit.who(&visit.come_anew("/auth/github").await).await, "ada");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_taken_address_is_told_and_gives_nothing(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    visit.server.user("grace").await;
    visit.verify("grace").await;
    let sent = [("email", "grace@example.com"), ("username", "ada")];
    let answer = browser.submit("/auth/signup", &sent).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("Email has already been taken"), "{}", answer.text);
    assert_eq!(visit.credentials("grace").await, ["password"]);
    assert_eq!(visit.users().await, ["grace"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_have_to_be_proven_a_mail_goes_there(#[case] engine: Engine) {
    let (visit, browser) = visit(engine).await;
    visit.server.user("grace").await;
    set_login_rocket(&visit.server, &json!({"email_verification": "require"}), "active").await;
    let page = browser.submit("/auth/signup", &ADA).await;
    assert!(page.text.contains("We have sent an email to ada@example.com"), "{}", page.text);
    assert!(!browser.cookies().contains_key("gantry_session"));
    assert_eq!(visit.server.mailed(VERIFICATION).await.expect("a mail").to, "ada@example.com");

    // A taken one is told to its owner alone.
    visit.providers.is(Person::new("2002", None, None));
    let other = visit.server.browser();
    visit.come(&other, "/auth/github").await;
    let page = other.submit("/auth/signup", &[("email", "grace@example.com"), ("username", "eve")]).await;
    assert!(page.text.contains("We have sent an email to grace@example.com"), "{}", page.text);
    assert_eq!(events(&visit.server, RESET).await, 1);
    assert_eq!(visit.credentials("grace").await, ["password"]);
}

#[tokio::test]
async fn the_form_is_for_this_browser() {
    let (visit, _) = visit(Engine::Sqlite).await;
    let eve = visit.server.browser();
    let login = eve.get("/login").await;
    assert_eq!(eve.get("/auth/signup").await.status, 422);
    assert_eq!(eve.submit_from(&login, "/auth/signup", &ADA).await.status, 422);
    assert_eq!(eve.get("/auth/link").await.status, 422);
}

#[tokio::test]
async fn where_usernames_are_addresses_only_the_address_is_asked_for() {
    let visit = Visit::start(Engine::Sqlite).await;
    visit.add("github").await;
    let realm = visit.server.realm().to_owned();
    let fields = json!({"realm": {"username_validation_human": "email"}});
    visit.server.put(&format!("realms/{realm}"), fields).await.json(200);
    visit.providers.is(Person::new("1001", None, None));
    let browser = visit.server.browser();
    visit.come(&browser, "/auth/github").await;
    let page = browser.get("/auth/signup").await;
    assert!(!page.text.contains("name=\"username\""), "{}", page.text);
    let done = browser.submit("/auth/signup", &[("email", "Ada@Example.com")]).await;
    assert_eq!(visit.who(&done).await, "ada@example.com");
}
