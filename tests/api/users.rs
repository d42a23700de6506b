//! `/v1/users`: making, reading and deleting (api-v1 §4).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Answer, Engine, TestServer};

const PASSWORD: &str = "tr0mbone-under-glass";

/// A new person with these fields over the usual ones.
async fn create(server: &TestServer, username: &str, email: &str, more: Value) -> Answer {
    let mut user = json!({"user_type": "human", "username": username, "email": email, "password": PASSWORD});
    for (name, value) in more.as_object().expect("fields") {
        user[name] = value.clone();
    }
    server.post("users", json!({ "user": user })).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_one_is_answered_whole(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let custom = json!({"Plan": "Gold", "seats": 3, "ratio": 0.5, "beta": true, "tags": ["a", "b"]});
    let more = json!({"first_name": "Ada", "last_name": "Lovelace", "reference": "R-1", "custom": custom});
    let user = create(&server, "Ada", "Ada.Lovelace@Example.COM", more).await.json(201);
    let expected = json!({
        "object": "user", "realm_id": server.realm(), "user_type": "human", "state": "active", "username": "ada",
        "email": "ada.lovelace@example.com", "email_verification": "none", "first_name": "Ada",
        "last_name": "Lovelace", "name": "Ada Lovelace", "reference": "R-1", "custom": custom, "last_login_at": null,
        "membership_count": 0,
    });
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&user[name], value, "{name}");
    }
    assert!(is_id("usr", text(&user, "id")), "{user}");
    assert_eq!(user["created_at"].as_f64(), Some(1_767_225_600.0));
    let credential = &user["credentials"][0];
    assert!(is_id("crd", text(credential, "id")), "{user}");
    assert_eq!((&credential["object"], &credential["credential_type"]), (&json!("credential"), &json!("password")));

    // By id, and by username or email in any case and spelling of its URL.
    for key in [text(&user, "id"), "ada", "ADA", "%61da", "ADA.lovelace%40example.com"] {
        assert_eq!(server.get(&format!("users/{key}")).await.json(200), user, "{key}");
    }
    let expanded = server.get("users/ada?expand=memberships").await.json(200);
    assert_eq!(expanded["memberships"], json!([]));
    assert!(user.get("memberships").is_none(), "only when asked for");
    // The reference is no key.
    for key in ["bob.lovelace%40example.com", "R-1", "usr_0000000000000000000000", "--"] {
        server.get(&format!("users/{key}")).await.json(404);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn unset_fields_are_null_and_the_name_falls_back(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = create(&server, "ada", "ada@example.com", json!({})).await.json(201);
    for name in ["reference", "first_name", "last_name", "last_login_at"] {
        assert_eq!(user.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(user["name"], "ada");
    let named = create(&server, "bob", "bob@example.com", json!({"last_name": "Marley"})).await.json(201);
    assert_eq!(named["name"], "Marley");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told_together(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let empty = server.post("users", json!({"user": {}})).await;
    for field in ["user_type", "username", "email", "password"] {
        assert!(!empty.refusals(field).is_empty(), "{field}: {}", empty.text);
    }
    let wrong = json!({"user": {"user_type": "robot", "username": "a b", "email": "ada", "state": "gone",
        "email_verification": "maybe", "password": "short", "password_confirmation": "other",
        "reference": "x".repeat(256), "first_name": 7, "custom": {"nested": {"deep": 1}}}});
    let answer = server.post("users", wrong.clone()).await;
    for (field, _) in wrong["user"].as_object().expect("fields").iter().filter(|(field, _)| *field != "password") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    assert!(!answer.refusals("password").is_empty(), "{}", answer.text);
    assert!(!answer.text.contains("short\""), "a password is never repeated: {}", answer.text);
    assert_eq!(each(&server.get("users").await.json(200), "id"), Vec::<&str>::new(), "nothing was made");
}

#[rstest]
#[case("")]
#[case("1234567")]
#[case("password")]
#[case("adalovelace")]
#[tokio::test]
async fn a_weak_password_is_refused(#[case] password: &str) {
    let server = TestServer::start(Engine::Sqlite).await;
    let more = json!({"password": password});
    let answer = create(&server, "adalovelace", "adalovelace@example.com", more).await;
    assert!(!answer.refusals("password").is_empty(), "{}", answer.text);
    let long = json!({"password": "tr0mbone ".repeat(29)});
    let answer = create(&server, "adalovelace", "adalovelace@example.com", long).await;
    assert!(!answer.refusals("password").is_empty(), "261 characters: {}", answer.text);
    let confirmed = json!({"password_confirmation": PASSWORD});
    create(&server, "adalovelace", "adalovelace@example.com", confirmed).await.json(201);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn names_and_addresses_belong_to_one_user_each(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    create(&server, "ada", "ada@example.com", json!({})).await.json(201);
    let named = create(&server, "bob@example.com", "bob@work.example", json!({})).await.json(201);
    assert_eq!(named["username"], "bob@example.com", "a username may be an address");

    let same_name = create(&server, "ADA", "other@example.com", json!({})).await;
    assert!(!same_name.refusals("username").is_empty(), "{}", same_name.text);
    let same_email = create(&server, "other", "ADA@Example.com", json!({})).await;
    assert!(!same_email.refusals("email").is_empty(), "{}", same_email.text);
    let named_as_address = create(&server, "Ada@Example.com", "other@example.com", json!({})).await;
    assert!(!named_as_address.refusals("username").is_empty(), "{}", named_as_address.text);
    create(&server, "other", "Bob@example.com", json!({})).await.json(422);

    // The same holds for changes; a user's own name and address are no obstacle.
    for change in
        [json!({"username": "ADA"}), json!({"username": "ada@example.com"}), json!({"email": "ada@example.com"})]
    {
        server.put("users/bob%40example.com", json!({"user": change})).await.json(422);
    }
    let own = json!({"user": {"username": "bob@work.example", "email": "bob@work.example"}});
    server.put("users/bob%40example.com", own).await.json(200);
    server.put("users/ada", json!({"user": {"username": "ADA", "email": "ADA@example.com"}})).await.json(200);
    // Another realm is another world.
    let realm = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    create(&server, "ada", "ada@example.com", json!({"realm_id": realm["id"]})).await.json(201);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_realm_may_share_emails_or_want_them_as_usernames(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let path = format!("realms/{}", server.realm());
    create(&server, "ada", "ada@example.com", json!({})).await.json(201);
    server.put(&path, json!({"realm": {"require_unique_emails": false}})).await.json(200);
    create(&server, "ada2", "ada@example.com", json!({})).await.json(201);
    assert_eq!(each(&server.get("users?email=ada@example.com").await.json(200), "username"), ["ada", "ada2"]);
    let again = create(&server, "ada", "new@example.com", json!({})).await;
    assert!(!again.refusals("username").is_empty(), "usernames stay unique: {}", again.text);

    server.put(&path, json!({"realm": {"username_validation_human": "email"}})).await.json(200);
    let plain = create(&server, "eve", "eve@example.com", json!({})).await;
    assert!(!plain.refusals("username").is_empty(), "{}", plain.text);
    create(&server, "Eve@Example.com", "eve@example.com", json!({})).await.json(201);
    server.get("users/EVE%40example.com").await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deleted_one_is_gone_with_its_sessions(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let answer = server.delete("users/Ada").await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    for path in ["users/ada".to_owned(), format!("users/{}", text(&user, "id")), format!("sessions/{token}")] {
        server.get(&path).await.json(404);
    }
    server.delete("users/ada").await.json(404);
    server.put("users/ada", json!({"user": {}})).await.json(404);
    server.post("users/ada/authenticate", json!({"password": PASSWORD})).await.json(404);
    assert_eq!(each(&server.get("users").await.json(200), "id"), Vec::<&str>::new());
    // The name is free again.
    let next = server.user("ada").await;
    assert_ne!(next["id"], user["id"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_in_no_answer(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fresh = "even-b3tter-kazoo";
    let answers = [
        create(&server, "ada", "ada@example.com", json!({"password_confirmation": PASSWORD})).await,
        create(&server, "ada", "ada@example.com", json!({})).await,
        server.post("users/ada/authenticate", json!({"password": PASSWORD})).await,
        server.post("users/ada/authenticate", json!({"password": fresh})).await,
        server.put("users/ada", json!({"user": {"password": fresh, "password_confirmation": fresh}})).await,
        server.put("users/ada", json!({"user": {"password": fresh, "password_confirmation": "x"}})).await,
        server.get("users/ada?expand=memberships,custom,token").await,
        server.get("users?expand=custom").await,
        server.get("events").await,
    ];
    for answer in answers {
        assert!(answer.status < 500, "{}", answer.text);
        for secret in [PASSWORD, fresh, "$argon2"] {
            assert!(!answer.text.contains(secret), "{}", answer.text);
        }
        assert!(!answer.text.contains("\"password\":\"") && !answer.text.contains("password_hash"), "{}", answer.text);
    }
}
