//! Check 17, second half: nobody is called what is somebody else's address, in whichever spelling and by whichever way a
//! user comes to be. Else tries for one would be taken for the other's.

use gantry::commands::import::Options;
use rstest::rstest;
use serde_json::{Value, json};

use crate::loginrocket::visit::{PASSWORD, set_login_rocket};
use crate::support::{Answer, Engine, TestServer};
use crate::transfer::{run, written};

/// Spellings of `straße.ada@bücher.example` and of plain addresses that are the same person's.
const SAME: [(&str, &str); 6] = [
    ("ada@example.com", "ada@example.com"),
    ("ada@example.com", "ADA@Example.COM"),
    ("ada@example.com", "  ada@example.com "),
    ("ada@example.com", "ａｄａ@example.com"),
    ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ("zo\u{eb}@example.com", "zoe\u{308}@EXAMPLE.com"),
];

fn person(username: &str, email: &str) -> Value {
    json!({"user": {"user_type": "human", "username": username, "email": email, "password": PASSWORD}})
}

#[track_caller]
fn refused(answer: &Answer, about: &str) {
    let told = answer.json(422);
    let told = &told["errors"];
    assert!(told.get("username").is_some() || told.get("email").is_some(), "{about}: {told}");
}

/// The signup form, whose errors stand beside their fields; what comes of it.
async fn signed_up(server: &TestServer, username: &str, email: &str) -> bool {
    let fields = [("username", username), ("email", email), ("password", PASSWORD)];
    let answer = server.browser().submit("/signup", &fields).await;
    assert!([302, 422].contains(&answer.status), "{}", answer.text);
    answer.status == 302
}

async fn imported(server: &TestServer, username: &str, email: &str) -> bool {
    let line = json!({"object": "user", "username": username, "email": email});
    let path = written(server, "one.jsonl", &[line]);
    let tally = run(server, &path, &Options::default()).await;
    assert_eq!(tally.made + u64::try_from(tally.refused.len()).expect("few"), 1, "{:?}", tally.refused);
    tally.made == 1
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_name_is_never_anothers_address(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("tries.signups_per_address", "1000")]).await;
    server.post("users", person("bystander", "by@example.com")).await.json(201);
    for (nth, (first, again)) in SAME.into_iter().enumerate() {
        // Whoever is there has the text as address; whoever comes wants it as name.
        let victim = format!("victim{nth}");
        server.post("users", person(&victim, first)).await.json(201);
        refused(&server.post("users", person(again, "other@example.com")).await, again);
        refused(&server.put("users/bystander", json!({"user": {"username": again}})).await, again);
        refused(
            &server
                .post(
                    "user_tokens",
                    json!({"user_token": {"username": again, "email": "o@example.com", "password": PASSWORD}}),
                )
                .await,
            again,
        );
        assert!(!signed_up(&server, again, "other@example.com").await, "{again}");
        assert!(!imported(&server, again, "other@example.com").await, "{again}");
        server.delete(&format!("users/{victim}")).await;
        // And the other way round.
        let named = server.post("users", person(first, &format!("own{nth}@example.com"))).await.json(201);
        refused(&server.post("users", person("other", again)).await, again);
        refused(&server.put("users/bystander", json!({"user": {"email": again}})).await, again);
        refused(
            &server
                .post("user_tokens", json!({"user_token": {"username": "other", "email": again, "password": PASSWORD}}))
                .await,
            again,
        );
        assert!(!signed_up(&server, "other", again).await, "{again}");
        assert!(!imported(&server, "other", again).await, "{again}");
        server.delete(&format!("users/{}", named["id"].as_str().expect("an id"))).await;
        // One's own address may be one's name.
        let own = server.post("users", person(first, again)).await.json(201);
        server.delete(&format!("users/{}", own["id"].as_str().expect("an id"))).await;
    }
}

/// Where the signup must not tell who exists, no such user comes to be either.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nor_where_addresses_are_proven(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    set_login_rocket(&server, &json!({"email_verification": "require"}), "active").await;
    server.post("users", person("victim", "ada@example.com")).await.json(201);
    server.post("users", person("eve@example.com", "own@example.com")).await.json(201);
    for (username, email) in [("ADA@example.com", "other@example.com"), ("other", "EVE@example.com")] {
        let fields = [("username", username), ("email", email), ("password", PASSWORD)];
        server.browser().submit("/signup", &fields).await;
    }
    assert_eq!(server.get("users").await.json(200)["collection"].as_array().map(Vec::len), Some(2));
}

/// Where a realm lets people share addresses, a name may be one. Tries are counted by the user, so nobody pays for it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn where_addresses_are_shared_tries_still_count_for_one_user(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = format!("realms/{}", server.realm());
    server.put(&realm, json!({"realm": {"require_unique_emails": false}})).await.json(200);
    server.post("users", person("ada", "ada@example.com")).await.json(201);
    server.post("users", person("ada@example.com", "eve@example.com")).await.json(201);
    for _ in 0..12 {
        server.post("users/ada@example.com/authenticate", json!({"password": "wrong-but-long-enough"})).await;
    }
    let limited = server.post("users/ada@example.com/authenticate", json!({"password": PASSWORD})).await;
    assert_eq!(limited.status, 429);
    server.authenticate("ada").await;
}
