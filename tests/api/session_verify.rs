//! `POST /v1/sessions/verify` and the right `verify`: what an app needs to check and end logins, and nothing besides.

use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{key, send, text};
use crate::support::{Answer, Engine, TestServer};

const RIGHTS: [Access; 5] = [Access::Verify, Access::Read, Access::Write, Access::AdminRealm, Access::AdminAccount];

/// What a browser may bring as a token, none of which is one.
fn hostile(token: &str, session: &str, user: &str) -> Vec<String> {
    let texts = [
        "",
        " ",
        ".",
        "..",
        "a.b.c",
        "?",
        "#",
        "x\n",
        "x\r\nX-Authrocket-Realm: rl_1",
        "\0",
        "a.b\0.c",
        "%2e%2e%2f",
        "..\\users\\ada",
        "../users/ada",
        "x/../../users",
        "../memberships",
        "../../v1/realms",
        "?realm_id=1&token=",
        "verify",
        "null",
        "true",
        "0",
        "{}",
        "[]",
    ];
    let made = [
        session.to_owned(),
        user.to_owned(),
        format!("../users/{user}"),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{token}/"),
        format!("{token}?expand=token"),
        format!("{token}.{token}"),
        token[..token.len() - 1].to_owned(),
        format!("{token}%00"),
        "x".repeat(100_000),
        format!("{}.{}.{}", "a".repeat(9_000), "b".repeat(9_000), "c".repeat(9_000)),
    ];
    texts.into_iter().map(str::to_owned).chain(made).collect()
}

async fn verify(server: &TestServer, key: &str, body: Value) -> Answer {
    server.call_as(key, Some(server.realm()), Method::POST, "sessions/verify", Some(body)).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_body_is_checked_as_the_path_is(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let by_path = server.get(&format!("sessions/{token}")).await.json(200);
    assert_eq!((&by_path["object"], &by_path["user"]["username"]), (&json!("session"), &json!("ada")));
    for access in RIGHTS {
        let key = key(&server, access, &[]).await;
        for body in [json!({"token": token}), json!({"session": {"token": token}})] {
            assert_eq!(verify(&server, &key, body).await.json(200), by_path, "{access:?}");
        }
        let form = format!("token={token}");
        let headers = [("X-Authrocket-Api-Key", key.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let answer = send(&server, Method::POST, "/v1/sessions/verify", &headers, &form).await;
        assert_eq!(answer.json(200), by_path, "a form, and no realm: {access:?}");
    }
    let path = "sessions/verify?expand=memberships";
    let expanded = server.post(path, json!({"token": token})).await.json(200);
    assert_eq!(expanded["user"]["memberships"], json!([]));
    // Ended, it is not valid any more.
    assert_eq!(server.delete(&format!("sessions/{token}")).await.status, 204);
    server.post("sessions/verify", json!({"token": token})).await.json(404);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whatever_is_no_valid_token_is_not_found(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let login = server.authenticate("ada").await;
    let token = text(&login, "token").to_owned();
    let session = text(&server.get(&format!("sessions/{token}")).await.json(200), "id").to_owned();
    for sent in hostile(&token, &session, text(&user, "id")) {
        let answer = server.post("sessions/verify", json!({"token": sent})).await;
        assert_eq!(answer.status, 404, "{sent:?}: {}", answer.text);
    }
    for sent in [json!({}), json!({"token": null}), json!({"token": [token]}), json!({"token": {"a": token}})] {
        let answer = server.post("sessions/verify", sent.clone()).await;
        assert_eq!(answer.refusals("token").len(), 1, "{sent}: {}", answer.text);
    }
    // Another realm's token is none here, whichever way the realm is named.
    let other = server.post("realms", json!({"realm": {"name": "Other"}})).await.json(201);
    let elsewhere = |body| server.call_as(&server.key, Some(text(&other, "id")), Method::POST, "sessions/verify", body);
    elsewhere(Some(json!({"token": token}))).await.json(404);
    server.post("sessions/verify", json!({"token": token, "realm_id": other["id"]})).await.json(404);
    let limited = key(&server, Access::Verify, &[text(&other, "id")]).await;
    server.call_as(&limited, None, Method::POST, "sessions/verify", Some(json!({"token": token}))).await.json(404);
    assert_eq!(server.get(&format!("sessions/{token}")).await.status, 200, "nothing has ended it");
}

/// The calls by which a token of a stranger's making could lead elsewhere, if an app put it into an address as it is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_that_verifies_reaches_nothing_else(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let session = text(&server.get(&format!("sessions/{token}")).await.json(200), "id").to_owned();
    let org = server.post("orgs", json!({"org": {"name": "Acme"}})).await.json(201);
    let membership = json!({"membership": {"user_id": user["id"], "org_id": org["id"]}});
    let membership = server.post("memberships", membership).await.json(201);
    let key = key(&server, Access::Verify, &[]).await;
    let places = [
        "users".to_owned(),
        "users/ada".to_owned(),
        format!("users/{}", text(&user, "id")),
        format!("memberships/{}", text(&membership, "id")),
        format!("orgs/{}", text(&org, "id")),
        format!("realms/{}", server.realm()),
        format!("sessions/{session}"),
        format!("sessions?user_id={}", text(&user, "id")),
        "events".to_owned(),
    ];
    for place in places {
        for method in [Method::GET, Method::DELETE] {
            let answer = server.call_as(&key, Some(server.realm()), method.clone(), &place, None).await;
            assert!(matches!(answer.status, 403 | 405), "{method} {place}: {} {}", answer.status, answer.text);
        }
    }
    let by_token = format!("sessions/{token}");
    let call = |method| server.call_as(&key, Some(server.realm()), method, &by_token, None);
    call(Method::GET).await.json(200);
    assert_eq!(call(Method::DELETE).await.status, 204);
    call(Method::GET).await.json(404);
}

/// With a fresh token, a key that reads could log in as the user.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_fresh_token_needs_write_and_an_end_needs_more_than_read(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let body = Some(json!({"token": token}));
    for access in RIGHTS {
        let key = key(&server, access, &[]).await;
        let realm = Some(server.realm());
        let writes = access.includes(Access::Write);
        let path = "sessions/verify?expand=memberships,token";
        let expanded = server.call_as(&key, realm, Method::POST, path, body.clone()).await;
        assert_eq!(expanded.status, if writes { 200 } else { 403 }, "{access:?}: {}", expanded.text);
        assert_eq!(expanded.text.contains("\"token\":"), writes, "{access:?}: {}", expanded.text);
        let path = format!("sessions/{token}?expand=token");
        let shown = server.call_as(&key, realm, Method::GET, &path, None).await;
        assert_eq!(shown.status, if writes { 200 } else { 403 }, "{access:?}: {}", shown.text);
    }
    let reader = key(&server, Access::Read, &[]).await;
    let path = format!("sessions/{token}");
    server.call_as(&reader, Some(server.realm()), Method::DELETE, &path, None).await.json(403);
    server.get(&path).await.json(200);
}
