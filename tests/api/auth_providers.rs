//! `/v1/auth_providers`: configuration (api-v1 §12; decisions §3).

use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, key, text};
use crate::support::{Answer, Engine, TestServer};

async fn create(server: &TestServer, fields: Value) -> Answer {
    server.post("auth_providers", json!({ "auth_provider": fields })).await
}

async fn put(server: &TestServer, key: &str, fields: Value) -> Answer {
    server.put(&format!("auth_providers/{key}"), json!({ "auth_provider": fields })).await
}

#[track_caller]
fn holds(found: &Value, expected: &Value) {
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&found[name], value, "{name}: {found}");
    }
}

/// php:1.3.0:tests/AuthProviderTest.php
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_realm_has_passwords_of_eight_characters(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = server.post("realms", json!({"realm": {"name": "Fresh"}})).await.json(201);
    let listed = server.get(&format!("auth_providers?realm_id={}", text(&realm, "id"))).await.json(200);
    assert_eq!(listed["collection"].as_array().map(Vec::len), Some(1));
    let expected = json!({"object": "auth_provider", "provider_type": "password", "state": "active", "min_length": 8,
        "min_complexity": 0, "required_chars": [], "realm_id": realm["id"]});
    holds(&listed["collection"][0], &expected);
    assert!(is_id("ap", text(&listed["collection"][0], "id")));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_password_rules_are_kept_from_then_on(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let rules = json!({"min_length": 12, "min_complexity": 3, "required_chars": ["digit", "upper"]});
    holds(
        &put(&server, "password", rules).await.json(200),
        &json!({"min_length": 12, "min_complexity": 3,
        "required_chars": ["upper", "digit"]}),
    );
    let user = |password: &str| json!({"user": {"user_type": "human", "username": "ada", "email": "a@b.com", "password": password}});
    for weak in ["Sh0rt-one", "long but without any", "NOW WITH CAPITALS"] {
        assert!(!server.post("users", user(weak)).await.refusals("password").is_empty(), "{weak}");
    }
    server.post("users", user("Tr0mbone-under-glass")).await.json(201);
    for (field, value) in [
        ("min_length", json!(0)),
        ("min_length", json!(129)),
        ("min_complexity", json!(5)),
        ("required_chars", json!(["emoji"])),
        ("state", json!("gone")),
    ] {
        assert!(!put(&server, "password", json!({ field: value })).await.refusals(field).is_empty(), "{field} {value}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_inactive_password_provider_ends_logins_and_resets(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    put(&server, "password", json!({"state": "inactive"})).await.json(200);
    let password = json!({"password": "tr0mbone-under-glass"});
    server.post("users/ada/authenticate", password.clone()).await.json(401);
    server.post("users/ada/generate_password_token", json!({})).await.json(422);
    put(&server, "password", json!({"state": "active"})).await.json(200);
    server.post("users/ada/authenticate", password).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn login_rocket_has_its_literals(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let found = server.get("auth_providers/login_rocket").await.json(200);
    let path = text(&found, "id").to_owned();
    let defaults = json!({"login": "both", "signup": "both", "signup_mode": "user", "email_verification": "none",
        "sso": "basic", "verify": true, "membership_permissions": []});
    holds(&found, &defaults);
    for (field, words) in [
        ("login", &["hosted", "js", "both", "off"][..]),
        ("signup", &["hosted", "js", "both", "off"]),
        ("signup_mode", &["user", "user_org", "user_token"]),
        ("name_field", &["required", "optional", "hidden"]),
        ("org_field", &["required", "optional", "hidden"]),
        ("password_field", &["single", "confirm"]),
        ("email_verification", &["none", "request", "require"]),
        ("sso", &["basic", "seamless"]),
    ] {
        for word in words {
            assert_eq!(put(&server, &path, json!({ field: word })).await.json(200)[field], *word, "{field}");
        }
        assert!(!put(&server, &path, json!({ field: "other" })).await.refusals(field).is_empty(), "{field}");
    }
    for (sent, read) in [(true, "both"), (false, "off")] {
        let changed = put(&server, &path, json!({"login": sent, "signup": sent})).await.json(200);
        holds(&changed, &json!({"login": read, "signup": read}));
    }
    let permissions = json!({"membership_permissions": ["a", "b"], "verify": false});
    holds(&put(&server, &path, permissions.clone()).await.json(200), &permissions);
    let wrong = put(&server, &path, json!({"membership_permissions": ["a b"]})).await;
    assert!(!wrong.refusals("membership_permissions").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn social_providers_keep_the_apps_secret(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let reader = key(&server, Access::Read, &[]).await;
    for kind in ["facebook", "github", "google", "linkedin", "slack", "yahoo"] {
        let none = create(&server, json!({ "provider_type": kind })).await;
        assert!(!none.refusals("client_id").is_empty() && !none.refusals("client_secret").is_empty(), "{kind}");
        let fields = json!({"provider_type": kind, "client_id": "app", "client_secret": "s3cret", "scopes": "a b",
            "min_length": 3});
        let made = create(&server, fields).await.json(201);
        holds(&made, &json!({"client_id": "app", "client_secret": "s3cret", "scopes": "a b"}));
        assert!(made.get("min_length").is_none(), "each kind tells its own fields: {made}");
        let path = format!("auth_providers/{kind}");
        let read = server.call_as(&reader, Some(server.realm()), Method::GET, &path, None).await.json(200);
        assert!(read.get("client_secret").is_none() && read["client_id"] == "app", "{read}");
        let kept = put(&server, kind, json!({"scopes": null, "provider_type": "totp"})).await.json(200);
        holds(&kept, &json!({"client_secret": "s3cret", "provider_type": kind}));
        assert!(kept.get("scopes").is_none());
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn custom_providers_are_found_out_or_told(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let base = json!({"provider_type": "oauth2", "name": "Corp", "client_id": "i", "client_secret": "s"});
    let with = |more: Value| {
        let mut all = base.clone();
        for (name, value) in more.as_object().expect("fields") {
            all[name] = value.clone();
        }
        all
    };
    let found_out = create(&server, with(json!({"issuer": "https://id.example"}))).await.json(201);
    holds(&found_out, &json!({"name": "Corp", "issuer": "https://id.example", "token_url": null}));
    let told = json!({"authorization_url": "https://id.example/a", "token_url": "https://id.example/t",
        "profile_url": "http://localhost:9000/p", "id_field": "sub", "email_field": "email",
        "email_verified_field": "email_verified", "name_field": "name", "first_name_field": "given_name",
        "last_name_field": "family_name"});
    let second = create(&server, with(told.clone())).await.json(201);
    holds(&second, &told);
    for field in ["authorization_url", "token_url", "profile_url"] {
        assert!(!create(&server, base.clone()).await.refusals(field).is_empty(), "{field}");
        let plain = create(&server, with(json!({ field: "http://id.example/x" }))).await;
        assert!(!plain.refusals(field).is_empty(), "{field} without TLS");
    }
    assert!(
        !create(&server, with(json!({"name": "", "issuer": "https://id.example"}))).await.refusals("name").is_empty()
    );
    server.get("auth_providers/oauth2").await.json(404);
    server.get(&format!("auth_providers/{}", text(&second, "id"))).await.json(200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn there_is_one_of_each_kind_also_in_a_race(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let tries = (0..10).map(|_| create(&server, json!({"provider_type": "totp"})));
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(lost.refusals("provider_type").len(), 1, "{}", lost.text);
    }
    assert!(!create(&server, json!({})).await.refusals("provider_type").is_empty());
    assert!(!create(&server, json!({"provider_type": "myspace"})).await.refusals("provider_type").is_empty());
    let totp = server.get("auth_providers/totp").await.json(200);
    assert_eq!(server.delete("auth_providers/totp").await.status, 204);
    server.get("auth_providers/totp").await.json(404);
    let events = server.get(&format!("events?auth_provider_id={}&direction=asc", text(&totp, "id"))).await.json(200);
    assert_eq!(each(&events, "event_type"), ["auth_provider.created", "auth_provider.deleted"]);
}
