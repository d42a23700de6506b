//! `signup` (loginrocket-v1 §4.2, §4.3, §7).

use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

use super::calls::{by_get, done, error, from_page, from_server, is_live, is_remembered, token};
use crate::loginrocket::signup_challenge::solve;
use crate::loginrocket::visit::{PASSWORD, RESET, VERIFICATION, events, param, set_app, set_login_rocket};
use crate::support::{Engine, TestServer};

fn grace(more: &Value) -> Value {
    let mut body = json!({"username": "grace", "email": "grace@example.com", "password": PASSWORD});
    let all = body.as_object_mut().expect("an object");
    all.extend(more.as_object().expect("an object").clone());
    all.retain(|_, value| !value.is_null());
    body
}

/// What a refusal of a username says.
const ALLOWED: &str =
    "Username can have letters, digits and punctuation such as . _ - + @, but no spaces and none of / \\ ? # %";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_ends_logged_in(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let browser = server.browser();
    let names = json!({"first_name": "Grace", "last_name": "Hopper", "org_name": "Navy", "state": "inactive",
        "email_confirmation": "GRACE@example.com", "password_confirmation": PASSWORD, "custom": {"a": "b"}});
    let made = from_page(&browser, "signup", grace(&names)).await;
    let url = Url::parse(done(&made)["url"].as_str().expect("an address")).expect("a whole one");
    assert_eq!(param(&url, "signup").as_deref(), Some("true"));
    assert_eq!(param(&url, "token").as_deref(), Some(&*token(&made)));
    assert!(is_live(&server, &token(&made)).await && is_remembered(&browser));
    let user = server.get("users/grace").await.json(200);
    assert_eq!((&user["name"], &user["state"]), (&json!("Grace Hopper"), &json!("active")));
    assert_eq!(user["custom"], json!({}), "nobody sets that at a signup");
    let plain = server.browser();
    let fields = [("username", "mary"), ("email", "mary@example.com"), ("password", PASSWORD)];
    token(&by_get(&plain, "signup", &fields, &[]).await);
    assert!(!is_remembered(&plain));
    assert_eq!(events(&server, "user.created").await, 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_wrong_is_told_in_one_sentence_and_by_field(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    for (more, field, text) in [
        (json!({"username": "ada"}), "username", "Username has already been taken"),
        (json!({"username": "a b"}), "username", ALLOWED),
        (json!({"username": "--"}), "username", "This username is reserved, please choose another one"),
        (json!({"email": "ada@example.com"}), "email", "Email has already been taken"),
        (
            json!({"email_confirmation": "grace@example.org"}),
            "email_confirmation",
            "The two email addresses are not the same",
        ),
        (
            json!({"password_confirmation": "another-fine-day"}),
            "password_confirmation",
            "The two passwords are not the same",
        ),
        (json!({"password": null}), "password", "Password can't be blank"),
    ] {
        let refused = from_server(&server, "signup", grace(&more)).await;
        assert_eq!(error(&refused), text);
        assert_eq!(refused.json(200)["errors"], json!({ field: [text] }));
    }
    let refused = from_server(&server, "signup", json!({"email": "x"})).await;
    let (whole, body) = (error(&refused), refused.json(200));
    let errors = body["errors"].as_object().expect("a map").clone();
    assert!(
        errors.contains_key("username") && errors.contains_key("email") && errors.contains_key("password"),
        "{body}"
    );
    for texts in errors.values() {
        assert!(whole.contains(texts[0].as_str().expect("a sentence")), "{body}");
    }
    set_login_rocket(&server, &json!({"password_field": "confirm", "name_field": "required"}), "active").await;
    let refused = from_server(&server, "signup", grace(&json!({}))).await;
    let fields: Vec<String> = refused.json(200)["errors"].as_object().expect("a map").keys().cloned().collect();
    assert_eq!(fields, ["first_name", "last_name", "password_confirmation"]);
    assert_eq!(events(&server, "user.created").await, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_emails_are_names_either_field_will_do(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let email = json!({"realm": {"username_validation_human": "email"}});
    server.put(&format!("realms/{}", server.realm()), email).await.json(200);
    let twice = json!({"email": "grace@example.com", "email_confirmation": "grace@example.com", "password": PASSWORD});
    token(&from_server(&server, "signup", twice).await);
    token(&from_server(&server, "signup", json!({"username": "mary@example.com", "password": PASSWORD})).await);
    for name in ["grace@example.com", "mary@example.com"] {
        let user = server.get(&format!("users/{name}")).await.json(200);
        assert_eq!((&user["username"], &user["email"]), (&json!(name), &json!(name)));
    }
    let refused = from_server(&server, "signup", json!({"username": "a b", "password": PASSWORD})).await;
    assert_eq!(error(&refused), "Email is not a valid email address");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_other_modes_make_an_org_or_a_signup_token(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"signup_mode": "user_org", "org_field": "required"}), "active").await;
    let refused = from_server(&server, "signup", grace(&json!({}))).await;
    assert_eq!(error(&refused), "Organization can't be blank");
    token(&from_server(&server, "signup", grace(&json!({"org_name": "Navy"}))).await);
    assert_eq!(events(&server, "org.created").await, 1);

    set_login_rocket(&server, &json!({"signup_mode": "user_token"}), "active").await;
    set_app(&server, json!({"signup_handler": "https://signup.example/in?a=1"})).await;
    let browser = server.browser();
    let mary = json!({"username": "mary", "email": "mary@example.com", "password": PASSWORD, "redir": "/in/app"});
    let kept = from_page(&browser, "signup", mary).await;
    let utk = token(&kept);
    assert!(utk.starts_with("utk_"), "{utk}");
    let expected = format!("https://signup.example/in?a=1&token={utk}&redir=%2Fin%2Fapp");
    assert_eq!(done(&kept)["url"], json!(expected));
    assert!(!is_remembered(&browser));
    assert_eq!(server.get(&format!("user_tokens/{utk}")).await.json(200)["username"], "mary");
    assert_eq!(server.get("users/mary").await.status, 404, "the app makes the user of it");
}

/// The same for a fresh address and for a taken one, and never a token.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_proven_a_signup_ends_with_a_mail(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("known1").await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    let mut told = Vec::new();
    for address in ["known1@example.com", "nobody@example.com"] {
        let browser = server.browser();
        let body = json!({"username": format!("fresh-{address}"), "email": address, "password": PASSWORD});
        let answer = from_page(&browser, "signup", body).await;
        assert!(error(&answer).contains(address) && !is_remembered(&browser));
        let mut headers: Vec<String> =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers.retain(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
        told.push((answer.text.replace(address, "ADDRESS"), headers));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].0.contains("\"email_verification\":\"required\""));
    assert_eq!((events(&server, RESET).await, events(&server, VERIFICATION).await), (1, 1));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_and_api_are_offered_apart(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (nth, (setting, api, page)) in
        [("off", 404, 404), ("hosted", 404, 200), ("js", 200, 404), ("both", 200, 200)].into_iter().enumerate()
    {
        set_login_rocket(&server, &json!({"signup": setting}), "active").await;
        let name = format!("grace{nth}");
        let body = json!({"username": name, "email": format!("{name}@example.com"), "password": PASSWORD});
        assert_eq!(from_server(&server, "signup", body).await.status, api, "{setting}");
        assert_eq!(server.browser().get("/signup").await.status, page, "{setting}");
    }
    assert_eq!(events(&server, "user.created").await, 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn signups_share_the_pages_limit(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for nth in 0..20 {
        let refused = if nth % 2 == 0 {
            error(&from_server(&server, "signup", json!({})).await)
        } else {
            server.browser().submit("/signup", &[]).await.text
        };
        assert!(!refused.contains("Too many tries"), "{nth}");
    }
    let limited = from_server(&server, "signup", grace(&json!({}))).await;
    assert!(error(&limited).starts_with("Too many tries."));
    assert_eq!(server.browser().submit("/signup", &[]).await.status, 429);
}

/// A refused signup brings the work that is asked for; each is good for one signup.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_signup_that_costs_work_says_which(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"signup_challenge": "proof_of_work"}), "active").await;
    let browser = server.browser();
    let refused = from_page(&browser, "signup", grace(&json!({}))).await;
    assert!(error(&refused).contains("not a robot"), "{}", refused.text);
    let challenge = refused.json(200)["challenge"].as_str().expect("a challenge").to_owned();
    let solution = solve(&challenge);
    let solved = json!({"challenge": challenge, "challenge_solution": solution});
    token(&from_page(&browser, "signup", grace(&solved)).await);

    let mary = json!({"username": "mary", "email": "mary@example.com"});
    let mut again = grace(&solved);
    again.as_object_mut().expect("an object").extend(mary.as_object().expect("an object").clone());
    let spent = from_page(&browser, "signup", again).await;
    error(&spent);
    let next = spent.json(200)["challenge"].as_str().expect("another one").to_owned();
    assert_ne!(next, challenge);
    assert_eq!(server.get("users/mary").await.status, 404);
    let asked = from_page(&browser, "login", json!({"username": "grace", "password": "wrong"})).await;
    assert_eq!(asked.json(200)["challenge"], Value::Null, "nobody else is asked");
}
