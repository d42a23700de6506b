//! Filters by a resource name it as fields do; what there is not is 404, never an empty list, which would tell a
//! responder that somebody is logged out (decisions §3).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, text};
use crate::support::{Engine, TestServer};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_user_is_named_in_filters_as_in_fields(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("bob").await;
    let org = server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    let names = [text(&user, "id"), "bob", "BOB", "bob@example.com", "Bob@Example.COM"];
    for name in names {
        let opened = server.post("sessions", json!({"session": {"user_id": name}})).await.json(201);
        assert_eq!(opened["user_id"], user["id"], "{name}");
        let membership = json!({"membership": {"user_id": name, "org_id": org["id"]}});
        let membership = server.post("memberships", membership).await.json(201);
        for path in [
            format!("sessions?user_id={name}"),
            format!("memberships?user_id={name}"),
            format!("memberships?user_id={name}&org_id={}", text(&org, "id")),
            format!("events?user_id={name}"),
        ] {
            let listed = server.get(&path).await.json(200);
            let whose = each(&listed, "user_id");
            assert!(!whose.is_empty() && whose.iter().all(|id| *id == text(&user, "id")), "{path}: {listed}");
        }
        server.delete(&format!("memberships/{}", text(&membership, "id"))).await;
    }
    let password = json!({"user_id": "bob@example.com", "credential_type": "password", "password": "tr0mbone-glass"});
    let taken = server.post("credentials", json!({"credential": password})).await;
    assert_eq!(taken.refusals("credential_type").len(), 1, "the user was found: {}", taken.text);
}

/// Where several may share an address, it names nobody.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_shared_address_names_nobody(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("bob").await;
    server.get("sessions?user_id=bob@example.com").await.json(200);
    let shared = json!({"realm": {"require_unique_emails": false}});
    server.put(&format!("realms/{}", server.realm()), shared).await.json(200);
    server.get("sessions?user_id=bob@example.com").await.json(404);
    server.get("sessions?user_id=bob").await.json(200);
}

/// The lists and their filters are those of the reference, so that a new one is tried here too.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_there_is_not_is_not_found(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut seen = 0;
    for resource in gantry_api::reference::resources() {
        for call in
            resource.calls.iter().filter(|call| !call.path.contains('{') && matches!(call.method, "GET" | "DELETE"))
        {
            for filter in call.parameters.iter().filter(|parameter| parameter.name.ends_with("_id")) {
                let path = call.path.strip_prefix("/v1/").expect("the version");
                let prefix = match filter.name {
                    "user_id" => "usr",
                    "org_id" => "org",
                    "membership_id" => "mb",
                    "app_hook_id" => "hk",
                    "auth_provider_id" => "ap",
                    "login_policy_id" => "lpl",
                    other => panic!("tell this test what {other} is"),
                };
                for name in [format!("{prefix}_0000000000000000000000"), "nobody".to_owned(), "%25".to_owned()] {
                    seen += 1;
                    let method: Method = call.method.parse().expect("a method");
                    let path = format!("{path}?{}={name}", filter.name);
                    let answer = server.call(method, &path, None).await;
                    assert_eq!(answer.status, 404, "{path}: {}", answer.text);
                }
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// What is gone is still told of.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_gone_keeps_its_events(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let user = server.user("bob").await;
    let org = server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    server.delete("users/bob").await;
    server.delete(&format!("orgs/{}", text(&org, "id"))).await;
    let list = async |query: String| -> Value { server.get(&format!("events?{query}")).await.json(200) };
    let events = list(format!("user_id={}", text(&user, "id"))).await;
    assert_eq!(each(&events, "event_type"), ["user.deleted", "user.created"]);
    let events = list(format!("org_id={}", text(&org, "id"))).await;
    assert_eq!(each(&events, "event_type"), ["org.deleted", "org.created"]);
    let events = list(format!("user_id={}&event_type=user.login", text(&user, "id"))).await;
    assert_eq!(each(&events, "id"), Vec::<&str>::new());
    server.get("events?user_id=bob").await.json(404);
}
