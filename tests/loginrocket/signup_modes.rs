//! What a signup makes: a user, a user with an org, or a Signup Token.

use rstest::rstest;
use serde_json::{Value, json};

use super::visit::{PASSWORD, events, location, param, set_app, set_login_rocket, token};
use crate::support::{Answer, Browser, Engine, TestServer};

const ADA: [(&str, &str); 5] = [
    ("username", "ada"),
    ("email", "ada@example.com"),
    ("first_name", "Ada"),
    ("last_name", "Lovelace"),
    ("password", PASSWORD),
];

async fn sign_up(browser: &Browser, more: &[(&str, &str)]) -> Answer {
    browser.submit("/signup?redir=%2Fwelcome", &[&ADA, more].concat()).await
}

/// The only org of the user, with the membership's permissions.
async fn membership(server: &TestServer) -> (String, Value) {
    let id = server.get("users/ada").await.json(200)["id"].as_str().expect("an id").to_owned();
    let list = server.get(&format!("memberships?user_id={id}&expand=org")).await.json(200);
    let all = list["collection"].as_array().expect("a list").clone();
    assert_eq!(all.len(), 1, "{all:?}");
    (all[0]["org"]["name"].as_str().expect("a name").to_owned(), all[0]["permissions"].clone())
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn users_with_orgs(#[case] engine: Engine) {
    for (org_field, sent, expected) in [
        ("optional", Some("Engines Ltd"), "Engines Ltd"),
        ("optional", Some(" "), "Ada Lovelace"),
        ("optional", None, "Ada Lovelace"),
        ("hidden", Some("Sneaked in"), "Ada Lovelace"),
        ("required", Some("Engines Ltd"), "Engines Ltd"),
    ] {
        let server = TestServer::start(engine).await;
        let settings = json!({
            "signup_mode": "user_org", "org_field": org_field, "membership_permissions": ["owner", "app:books"],
        });
        set_login_rocket(&server, &settings, "active").await;
        let browser = server.browser();
        let page = browser.get("/signup").await;
        assert_eq!(page.text.contains("name=\"org_name\""), org_field != "hidden", "{org_field}");
        let more: Vec<_> = sent.map(|name| ("org_name", name)).into_iter().collect();
        let done = sign_up(&browser, &more).await;
        assert_eq!(param(&location(&done), "signup").as_deref(), Some("true"));
        assert_eq!(server.get(&format!("sessions/{}", token(&done))).await.json(200)["user"]["username"], "ada");
        assert_eq!(membership(&server).await, (expected.to_owned(), json!(["owner", "app:books"])), "{org_field}");
        for event in ["user.created", "org.created", "membership.created"] {
            assert_eq!(events(&server, event).await, 1, "{event}");
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_that_lacks_its_org_makes_nothing(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let settings = json!({"signup_mode": "user_org", "org_field": "required"});
    set_login_rocket(&server, &settings, "active").await;
    let refused = sign_up(&server.browser(), &[("org_name", "")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("id=\"org_name-error\""), "{}", refused.text);
    let long = "x".repeat(256);
    let refused = sign_up(&server.browser(), &[("org_name", &long)]).await;
    assert!(refused.text.contains("id=\"org_name-error\""), "{}", refused.text);
    assert!(refused.text.contains("name=\"org_name\" type=\"text\" value=\"xxx"), "what was typed is kept");
    assert_eq!((events(&server, "user.created").await, events(&server, "org.created").await), (0, 0));
    // Other realms of the same server make no orgs.
    set_login_rocket(&server, &json!({"org_field": "required"}), "active").await;
    assert_eq!(sign_up(&server.browser(), &[]).await.status, 302);
    assert_eq!(events(&server, "org.created").await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn signup_tokens_go_to_the_app_which_makes_the_user(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"signup_mode": "user_token"}), "active").await;
    let browser = server.browser();
    let to = location(&sign_up(&browser, &[]).await);
    assert!(
        to.as_str().starts_with("https://app.example.com/login?token=utk_"),
        "the login handler, for want of another"
    );
    set_app(&server, json!({"signup_handler": "https://app.example.com/new?from=lr"})).await;
    let to = location(&sign_up(&browser, &[]).await);
    assert!(to.as_str().starts_with("https://app.example.com/new?from=lr&token=utk_"), "{to}");
    assert_eq!(param(&to, "redir").as_deref(), Some("/welcome"));
    assert_eq!(param(&to, "signup"), None);
    assert!(!browser.cookies().contains_key("gantry_session"), "nobody is logged in");
    assert_eq!(events(&server, "user.created").await, 0);
    assert_eq!(server.get("users/ada").await.status, 404);

    let signup_token = param(&to, "token").expect("a token");
    let held = server.get(&format!("user_tokens/{signup_token}")).await.json(200);
    assert_eq!((&held["username"], &held["last_name"]), (&json!("ada"), &json!("Lovelace")));
    let user = server.post("users", json!({"user": {"token": signup_token}})).await.json(201);
    assert_eq!(user["email"], "ada@example.com");
    server.authenticate("ada").await;
    let refused = sign_up(&browser, &[]).await;
    assert!(refused.text.contains("id=\"username-error\""), "taken by now: {}", refused.text);
}

/// Where addresses have to be proven, a page that knew a taken one would tell strangers who has an account.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_proven_first_no_mode_tells_who_is_here(#[case] engine: Engine) {
    for mode in ["user", "user_org", "user_token"] {
        let server = TestServer::start(engine).await;
        let settings = json!({"signup_mode": mode, "email_verification": "require"});
        set_login_rocket(&server, &settings, "active").await;
        server.user("ada").await;
        let taken = [("username", "ada@example.com"), ("email", "ada@example.com"), ("password", PASSWORD)];
        let fresh = [("username", "eve@example.com"), ("email", "eve@example.com"), ("password", PASSWORD)];
        let (taken, fresh) =
            (server.browser().submit("/signup", &taken).await, server.browser().submit("/signup", &fresh).await);
        assert_eq!((taken.status, fresh.status), if mode == "user_token" { (302, 302) } else { (200, 200) }, "{mode}");
        assert_eq!(taken.text.contains("-error\""), fresh.text.contains("-error\""), "{mode}");
        let made = events(&server, "user.created").await;
        assert_eq!(made, if mode == "user_token" { 1 } else { 2 }, "{mode}");
        assert_eq!(events(&server, "org.created").await, usize::from(mode == "user_org"), "{mode}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_repeated_address_has_to_be_the_same(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let refused = sign_up(&server.browser(), &[("email_confirmation", "eve@example.com")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("The two email addresses are not the same"), "{}", refused.text);
    assert_eq!(sign_up(&server.browser(), &[("email_confirmation", "ADA@example.com")]).await.status, 302);
}
