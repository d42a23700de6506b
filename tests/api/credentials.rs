//! `/v1/credentials` (api-v1 §9).

use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, text};
use crate::support::{Answer, Engine, TestServer};

const OLD: &str = "tr0mbone-under-glass";
const NEW: &str = "violin-over-marble-7";

async fn create(server: &TestServer, fields: Value) -> Answer {
    server.post("credentials", json!({ "credential": fields })).await
}

async fn put(server: &TestServer, id: &str, fields: Value) -> Answer {
    server.put(&format!("credentials/{id}"), json!({ "credential": fields })).await
}

async fn login(server: &TestServer, password: &str) -> u16 {
    server.post("users/ada/authenticate", json!({ "password": password })).await.status
}

/// The id of the user's only credential.
fn only(user: &Value) -> String {
    text(&user["credentials"][0], "id").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_changed_without_the_old_one(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let id = only(&ada);
    let read = server.get(&format!("credentials/{id}")).await.json(200);
    let expected = (&json!("credential"), &ada["id"], &json!("password"));
    assert_eq!((&read["object"], &read["user_id"], &read["credential_type"]), expected);
    assert!(is_id("crd", text(&read, "id")) && read.get("password").is_none(), "{read}");
    let session = text(&server.authenticate("ada").await, "token").to_owned();
    assert!(!put(&server, &id, json!({"password": "short"})).await.refusals("password").is_empty());
    let wrong = json!({"password": NEW, "password_confirmation": "other"});
    assert!(!put(&server, &id, wrong).await.refusals("password_confirmation").is_empty());
    put(&server, &id, json!({"password": NEW})).await.json(200);
    assert_eq!((login(&server, OLD).await, login(&server, NEW).await), (401, 200));
    assert_eq!(server.get(&format!("sessions/{session}")).await.status, 404, "other sessions end");
    let events = server.get(&format!("events?user_id={}&event_type=user.updated", text(&ada, "id"))).await.json(200);
    assert_eq!(each(&events, "event_type").len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_only_one_may_be_deleted_and_made_anew(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let id = only(&ada);
    let gone = server.delete(&format!("credentials/{id}")).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    server.get(&format!("credentials/{id}")).await.json(404);
    assert_eq!(server.delete(&format!("credentials/{id}")).await.status, 404);
    assert_eq!(put(&server, &id, json!({"password": NEW})).await.status, 404);
    assert_eq!(login(&server, OLD).await, 401);
    assert_eq!(server.get("users/ada").await.json(200)["credentials"], json!([]));
    let password = json!({"user_id": ada["id"], "credential_type": "password", "password": NEW});
    let made = create(&server, password.clone()).await.json(201);
    assert_eq!(made["credential_type"], "password");
    assert_eq!(login(&server, NEW).await, 200);
    assert_eq!(create(&server, password).await.refusals("credential_type").len(), 1, "there is one already");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let empty = create(&server, json!({})).await;
    assert!(!empty.refusals("user_id").is_empty() && !empty.refusals("credential_type").is_empty(), "{}", empty.text);
    for kind in ["yubikey", "", "Password"] {
        let answer = create(&server, json!({"user_id": ada["id"], "credential_type": kind})).await;
        assert!(!answer.refusals("credential_type").is_empty(), "{kind}");
    }
    let unknown = json!({"user_id": "usr_0000000000000000000000", "credential_type": "password", "password": NEW});
    assert!(!create(&server, unknown).await.refusals("user_id").is_empty());
    let totp = create(&server, json!({"user_id": ada["id"], "credential_type": "totp"})).await;
    assert!(!totp.refusals("auth_provider_id").is_empty() && !totp.refusals("name").is_empty(), "{}", totp.text);
    let social = create(&server, json!({"user_id": ada["id"], "credential_type": "google"})).await;
    assert!(!social.refusals("auth_provider_id").is_empty() && !social.refusals("provider_user_id").is_empty());
    server.get("credentials").await.json(405);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_system_may_hold_several_keys(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let robot = server.post("users", json!({"user": {"user_type": "api"}})).await.json(201);
    let second = create(&server, json!({"user_id": robot["id"], "credential_type": "api_key"})).await.json(201);
    let given = json!({"user_id": robot["id"], "credential_type": "api_key", "api_key": "given-key-0123456789"});
    let third = create(&server, given).await.json(201);
    assert_eq!(third["api_key"], "given-key-0123456789");
    let works =
        async |key: &Value| server.post("users/authenticate_key", json!({ "api_key": key })).await.status == 200;
    for key in [&robot["api_key"], &second["api_key"], &third["api_key"]] {
        assert!(works(key).await, "{key}");
    }
    let changed = put(&server, text(&second, "id"), json!({"api_key": "generate"})).await.json(200);
    assert!(works(&changed["api_key"]).await && !works(&second["api_key"]).await);
    let kept = put(&server, text(&second, "id"), json!({})).await.json(200);
    assert!(kept.get("api_key").is_none() && works(&changed["api_key"]).await);
    server.delete(&format!("credentials/{}", text(&second, "id"))).await;
    assert!(!works(&changed["api_key"]).await && works(&robot["api_key"]).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn accounts_at_social_providers_are_kept(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let (ada, bob) = (server.user("ada").await, server.user("bob").await);
    let provider = json!({"auth_provider": {"provider_type": "github", "client_id": "i", "client_secret": "s"}});
    let provider = server.post("auth_providers", provider).await.json(201);
    let expires = 1_800_000_000;
    let fields = json!({"user_id": ada["id"], "credential_type": "github", "auth_provider_id": provider["id"],
        "provider_user_id": "4711", "access_token": "gho_secret", "token_expires_at": expires});
    let made = create(&server, fields.clone()).await.json(201);
    for name in ["auth_provider_id", "provider_user_id", "access_token"] {
        assert_eq!(made[name], fields[name], "{name}");
    }
    assert_eq!(made["token_expires_at"].as_f64(), Some(1_800_000_000.0));
    let mut taken = fields.clone();
    taken["user_id"] = bob["id"].clone();
    assert_eq!(create(&server, taken).await.refusals("provider_user_id").len(), 1);
    let mut other = fields;
    other["credential_type"] = json!("google");
    assert_eq!(create(&server, other).await.refusals("auth_provider_id").len(), 1, "a provider of another kind");
    let changed = put(&server, text(&made, "id"), json!({"access_token": "gho_new"})).await.json(200);
    assert_eq!((&changed["access_token"], &changed["provider_user_id"]), (&json!("gho_new"), &json!("4711")));
}
