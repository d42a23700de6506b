//! `POST /v1/realms/:id/reset` (api-v1 §17; decisions §3).

use rstest::rstest;
use serde_json::json;

use super::raw::{each, text};
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn data_goes_and_settings_stay(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = format!("realms/{}", server.realm());
    let settings = json!({"realm": {"session_minutes": 99, "custom": {"a": 1}}});
    let before = server.put(&realm, settings).await.json(200);
    let ada = server.user("ada").await;
    let org = server.post("orgs", json!({"org": {"name": "Acme"}})).await.json(201);
    let membership = json!({"membership": {"user_id": ada["id"], "org_id": org["id"]}});
    server.post("memberships", membership).await.json(201);
    let signup = json!({"user_token": {"username": "bob", "email": "b@b.com", "password": "tr0mbone-under-glass"}});
    let signup = server.post("user_tokens", signup).await.json(201);
    let reset_token = server.post("users/ada/generate_password_token", json!({})).await.json(200);
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    let kept = ["auth_providers", "login_policies", "app_hooks", "jwt_keys"];
    let mut settings = Vec::new();
    for list in kept {
        settings.push(server.get(list).await.text);
    }

    let after = server.post(&format!("{realm}/reset"), json!({})).await.json(200);
    assert_eq!(after, before);
    for list in ["users", "orgs"] {
        assert_eq!(server.get(list).await.json(200)["collection"], json!([]), "{list}");
    }
    server.get(&format!("sessions/{token}")).await.json(404);
    server.get(&format!("user_tokens/{}", text(&signup, "id"))).await.json(404);
    for (list, before) in kept.iter().zip(settings) {
        assert_eq!(server.get(list).await.text, before, "{list}");
    }
    let events = server.get("events?created_at_after=").await.json(200);
    assert_eq!(each(&events, "event_type"), ["realm.updated"]);

    // What was there can be made anew, and old tokens do nothing to it.
    server.clock.advance(1);
    server.user("ada").await;
    let old = json!({"user": {"token": reset_token["token"], "password": "violin-over-marble-7"}});
    server.post("users/ada/reset_password_with_token", old).await.json(422);
    let token = text(&server.authenticate("ada").await, "token").to_owned();
    server.get(&format!("sessions/{token}")).await.json(200);
}
