//! API keys: how a call proves itself (api-v1 §1.1), and what each right allows (§1.2).

use gantry_core::accounts::{self, NewAccount};
use gantry_core::actor::Access;
use gantry_core::api_keys::{self, NewKey};
use gantry_core::realms::UsernameValidation;
use reqwest::Method;
use rstest::rstest;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::raw::{each, is_id, key, send, text};
use crate::support::{Engine, START_MS, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_missing_or_wrong_key_is_refused(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let key = server.key.as_str();
    let (id, secret) = key.split_once('-').expect("id and secret");
    assert!(is_id("ko", id), "{id}");

    let truncated = &key[..key.len() - 1];
    let other_secret = format!("{id}-{}", secret.chars().rev().collect::<String>());
    let unknown_id = format!("ko_{}-{secret}", "0".repeat(22));
    let bearer = format!("Bearer {key}");
    let refused: [&[(&str, &str)]; 8] = [
        &[],
        &[("X-Authrocket-Api-Key", "")],
        &[("X-Authrocket-Api-Key", id)],
        &[("X-Authrocket-Api-Key", truncated)],
        &[("X-Authrocket-Api-Key", &other_secret)],
        &[("X-Authrocket-Api-Key", &unknown_id)],
        &[("X-Authrocket-Account", &server.made.account)],
        &[("Authorization", &bearer)],
    ];
    let mut bodies = Vec::new();
    for headers in refused {
        let answer = send(&server, Method::GET, "/v1/realms", headers, "").await;
        let body = answer.json(403);
        let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["error", "request_id"], "{headers:?}");
        assert_eq!(body["request_id"], answer.header("x-request-id"));
        bodies.push(body["error"].clone());
    }
    assert!(bodies.iter().all(|body| body == &bodies[0]), "nobody learns which half was wrong: {bodies:?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_older_pair_of_headers_has_to_agree(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (key, account) = (server.key.as_str(), server.made.account.as_str());
    // Names of headers are case-insensitive.
    for (key_name, account_name) in
        [("X-Authrocket-Api-Key", "X-Authrocket-Account"), ("x-authrocket-api-key", "X-AUTHROCKET-ACCOUNT")]
    {
        let pair = [(key_name, key), (account_name, account)];
        send(&server, Method::GET, "/v1/realms", &pair, "").await.json(200);
    }
    // Only the holder of a right key learns that the other header is wrong.
    let foreign = format!("org_{}", "0".repeat(22));
    for wrong in [foreign.as_str(), "", "acme"] {
        let pair = [("X-Authrocket-Api-Key", key), ("X-Authrocket-Account", wrong)];
        let refused = send(&server, Method::GET, "/v1/realms", &pair, "").await.json(403);
        assert!(text(&refused, "error").contains("X-Authrocket-Account"), "{refused}");
    }
    let pair = [("X-Authrocket-Api-Key", &key[..key.len() - 1]), ("X-Authrocket-Account", foreign.as_str())];
    let refused = send(&server, Method::GET, "/v1/realms", &pair, "").await.json(403);
    assert!(!text(&refused, "error").contains("X-Authrocket-Account"), "{refused}");
}

/// A key is good until the millisecond before its end; its holder then learns that it has expired.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_ends_at_its_time(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let core = &server.app.core;
    let mut tx = core.db.begin().await.expect("a transaction");
    let new = NewKey { expires_at: Some(START_MS + 60_000), ..NewKey::for_account("Test", Access::Read) };
    let (made, whole) = api_keys::create(core, &mut tx, &server.made.account, new).await.expect("a key");
    tx.commit().await.expect("committed");
    let call = || server.call_as(whole.expose_secret(), None, Method::GET, "realms", None);
    call().await.json(200);
    server.clock.advance(59_999);
    call().await.json(200);
    server.clock.advance(1);
    let refused = call().await.json(403);
    assert!(text(&refused, "error").contains("expired"), "{refused}");
    let truncated = &whole.expose_secret()[..whole.expose_secret().len() - 1];
    let refused = server.call_as(truncated, None, Method::GET, "realms", None).await.json(403);
    assert!(!text(&refused, "error").contains("expired"), "only its holder learns it: {refused}");
    let listed = api_keys::list(core, &server.made.account).await.expect("keys");
    assert!(listed.iter().any(|key| key.id == made.id && key.expires_at == Some(START_MS + 60_000)));
}

/// The calls, the least right for each, and the body.
fn calls(
    user: &str,
    session: &str,
    app: &str,
    event: &str,
    realm: &str,
) -> Vec<(Access, Method, String, Option<Value>)> {
    use Access::{AdminAccount, AdminRealm, Read, Write};
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let empty = |root: &str| Some(json!({ root: {} }));
    vec![
        (Read, get.clone(), "realms".into(), None),
        (Read, get.clone(), format!("realms/{realm}"), None),
        (Read, get.clone(), "users".into(), None),
        (Read, get.clone(), format!("users/{user}"), None),
        (Read, get.clone(), format!("sessions?user_id={user}"), None),
        (Read, get.clone(), format!("sessions/{session}"), None),
        (Read, get.clone(), "login_policies".into(), None),
        (Read, get.clone(), format!("login_policies/{app}"), None),
        (Read, get.clone(), "events".into(), None),
        (Read, get, format!("events/{event}"), None),
        (Write, post.clone(), "users".into(), empty("user")),
        (Write, put.clone(), format!("users/{user}"), empty("user")),
        (Write, post.clone(), format!("users/{user}/authenticate"), Some(json!({"password": "wrong"}))),
        (Write, post.clone(), "sessions".into(), empty("session")),
        (Write, delete.clone(), format!("sessions/{session}"), None),
        (Write, delete.clone(), format!("users/{user}"), None),
        (AdminRealm, put.clone(), format!("realms/{realm}"), empty("realm")),
        (AdminRealm, post.clone(), "login_policies".into(), empty("login_policy")),
        (AdminRealm, put, format!("login_policies/{app}"), empty("login_policy")),
        (AdminRealm, delete.clone(), format!("login_policies/{app}"), None),
        (AdminAccount, post, "realms".into(), empty("realm")),
        (AdminAccount, delete, format!("realms/{realm}"), None),
    ]
}

/// From the weakest key to the strongest, so that what a permitted call removes is still there for those before it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_call_needs_its_right(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let login = server.authenticate("ada").await;
    let sessions = server.get(&format!("sessions?user_id={}", text(&user, "id"))).await.json(200);
    let events = server.get("events").await.json(200);
    assert!(text(&login, "token").contains('.'));
    let calls =
        calls(text(&user, "id"), each(&sessions, "id")[0], &server.made.app.id, each(&events, "id")[0], server.realm());
    for access in [Access::Verify, Access::Read, Access::Write, Access::AdminRealm, Access::AdminAccount] {
        let key = key(&server, access, &[]).await;
        for (least, method, path, body) in &calls {
            let answer = server.call_as(&key, Some(server.realm()), method.clone(), path, body.clone()).await;
            let allowed = access.includes(*least);
            assert_eq!(answer.status != 403, allowed, "{access:?}: {method} {path}: {}", answer.text);
            assert!(answer.status < 500, "{access:?}: {method} {path}: {}", answer.text);
            if access == Access::Read && allowed {
                assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
            }
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_limited_to_realms_sees_no_other(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let user = server.user("ada").await;
    let limited = key(&server, Access::AdminAccount, &[text(&other, "id")]).await;
    let get = async |path: &str| server.call_as(&limited, None, Method::GET, path, None).await;

    assert_eq!(each(&get("realms").await.json(200), "id"), [text(&other, "id")]);
    get(&format!("realms/{}", server.realm())).await.json(404);
    get(&format!("users?realm_id={}", server.realm())).await.json(404);
    get(&format!("users/{}", text(&user, "id"))).await.json(404);
    get(&format!("users?realm_id={}", text(&other, "id"))).await.json(200);
    let realm = Some(json!({"realm": {"name": "Third"}}));
    server.call_as(&limited, None, Method::POST, "realms", realm).await.json(403);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_accounts_key_sees_nothing_of_this_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let password = SecretString::from("tr0mbone-under-glass");
    let new = NewAccount {
        name: "Other",
        email: "other@example.com",
        password: &password,
        login_handler: "https://other.example/login",
        subdomain: None,
        access: Access::AdminAccount,
        usernames: UsernameValidation::Standard,
    };
    let other = accounts::found(&server.app.core, &server.app.system_realm, &new).await.expect("an account");
    let theirs = other.api_key.expose_secret();
    let realms = server.call_as(theirs, None, Method::GET, "realms", None).await.json(200);
    assert_eq!(each(&realms, "id"), [other.realm.id.as_str()]);
    server.call_as(theirs, Some(server.realm()), Method::GET, "users", None).await.json(404);
    server.call_as(theirs, None, Method::DELETE, &format!("realms/{}", server.realm()), None).await.json(404);
    server.get(&format!("realms/{}", server.realm())).await.json(200);
}
