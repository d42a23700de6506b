//! `/v1/app_hooks`: configuration (api-v1 §14, §15.1; decisions §6, §7).

use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::{each, is_id, key, text};
use crate::support::{Answer, Engine, TestServer};

async fn create(server: &TestServer, fields: Value) -> Answer {
    server.post("app_hooks", json!({ "app_hook": fields })).await
}

fn mail(more: &Value) -> Value {
    let mut mail = json!({"hook_type": "email", "event_type": ["user.created"], "email_subject": "Hello {{name}}",
        "email_template": "Your username is {{username}}."});
    for (name, value) in more.as_object().expect("fields") {
        mail[name] = value.clone();
    }
    mail
}

async fn raised(server: &TestServer, id: &str) -> Vec<String> {
    let listed = server.get(&format!("events?app_hook_id={id}&direction=asc")).await.json(200);
    each(&listed, "event_type").into_iter().map(str::to_owned).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_webhook_is_made_with_little_and_read_whole(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = create(&server, json!({"destination": "https://hooks.example/x?y=1"})).await.json(201);
    let expected = json!({"object": "app_hook", "realm_id": server.realm(), "state": "active", "hook_type": "webhook",
        "event_type": [], "delay": 0, "destination": "https://hooks.example/x?y=1"});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&made[name], value, "{name}");
    }
    assert!(is_id("hk", text(&made, "id")), "{made}");
    // Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes.
    assert!(text(&made, "secret").starts_with("whsec_") && text(&made, "secret").len() == 6 + 44, "{made}");
    assert!(made.get("email_subject").is_none(), "each type tells its own fields");
    let path = format!("app_hooks/{}", text(&made, "id"));
    assert_eq!(server.get(&path).await.json(200), made);
    let changes = json!({"app_hook": {"event_type": ["user.created", "org.deleted", "ping"], "delay": 60,
        "state": "inactive", "hook_type": "email"}});
    let changed = server.put(&path, changes).await.json(200);
    assert_eq!(changed["event_type"], json!(["user.created", "org.deleted", "ping"]));
    let read = (&changed["delay"], &changed["state"], &changed["hook_type"], &changed["secret"]);
    assert_eq!(read, (&json!(60), &json!("inactive"), &json!("webhook"), &made["secret"]), "the type is fixed");
    assert_eq!(server.delete(&path).await.status, 204);
    server.get(&path).await.json(404);
    assert_eq!(server.delete(&path).await.status, 404);
    let told = raised(&server, text(&made, "id")).await;
    assert_eq!(told, ["app_hook.created", "app_hook.updated", "app_hook.deleted"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_has_its_fields_and_defaults(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = create(&server, mail(&json!({}))).await.json(201);
    let expected = json!({"hook_type": "email", "event_type": ["user.created"], "email_from": null,
        "email_from_name": null, "email_renderer": "markdown", "email_subject": "Hello {{name}}",
        "email_template": "Your username is {{username}}.", "email_to": null, "user_type": "all"});
    for (name, value) in expected.as_object().expect("fields") {
        assert_eq!(&made[name], value, "{name}");
    }
    assert!(made.get("destination").is_none() && made.get("secret").is_none());
    for renderer in ["html", "html+text", "markdown", "text"] {
        create(&server, mail(&json!({ "email_renderer": renderer }))).await.json(201);
    }
    let all = json!({"email_from": "Team@Example.com", "email_from_name": "The Team", "email_to": "a@b.com",
        "user_type": "human", "event_type": "user.login.failed"});
    let all = create(&server, mail(&all)).await.json(201);
    assert_eq!((&all["email_from"], &all["event_type"]), (&json!("team@example.com"), &json!(["user.login.failed"])));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn broken_rules_are_told(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let wrong =
        json!({"destination": "ftp://x.example", "delay": 172_801, "state": "gone", "event_type": ["user.eaten"]});
    let answer = create(&server, wrong.clone()).await;
    for (field, _) in wrong.as_object().expect("fields") {
        assert!(!answer.refusals(field).is_empty(), "{field}: {}", answer.text);
    }
    assert!(!create(&server, json!({})).await.refusals("destination").is_empty());
    for destination in
        ["x", "https://", "https:x.example", "https://x.example/#f", "javascript:alert(1)", "https://a b/"]
    {
        let answer = create(&server, json!({ "destination": destination })).await;
        assert!(!answer.refusals("destination").is_empty(), "{destination}");
    }
    for (field, value) in [
        ("event_type", json!([])),
        ("event_type", json!(["user.created", "user.updated"])),
        ("event_type", json!(["org.created"])),
        ("email_subject", json!("")),
        ("email_subject", json!("{{ token")),
        ("email_template", json!(null)),
        ("email_template", json!("line\n{% if %}")),
        ("email_template", json!("{{ password }}")),
        ("email_renderer", json!("pdf")),
        ("email_from", json!("nobody")),
        ("email_to", json!("nobody")),
        ("user_type", json!("robot")),
        ("hook_type", json!("pigeon")),
    ] {
        let answer = create(&server, mail(&json!({ field: value }))).await;
        assert!(!answer.refusals(field).is_empty(), "{field}: {value}");
    }
    let line = create(&server, mail(&json!({"email_template": "one\n{% if %}"}))).await;
    assert!(line.refusals("email_template")[0].contains("line 2"), "{}", line.text);
}

/// New realms come with three mails (decisions §6).
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_realm_has_the_usual_mails(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let realm = server.post("realms", json!({"realm": {"name": "Fresh"}})).await.json(201);
    let listed = server.get(&format!("app_hooks?realm_id={}", text(&realm, "id"))).await.json(200);
    let hooks: Vec<_> = listed["collection"].as_array().expect("hooks").iter().collect();
    let told: Vec<_> = hooks.iter().map(|hook| (hook["event_type"][0].clone(), hook["state"].clone())).collect();
    let expected = [
        (json!("user.created"), json!("inactive")),
        (json!("user.password_token.created"), json!("active")),
        (json!("user.email.verification_requested"), json!("active")),
    ];
    assert_eq!(told, expected);
    assert!(hooks.iter().all(|hook| hook["hook_type"] == "email" && hook["email_renderer"] == "markdown"));
    for hook in hooks {
        // They keep the rules for templates.
        let path = format!("app_hooks/{}?realm_id={}", text(hook, "id"), text(&realm, "id"));
        let same =
            json!({"app_hook": {"email_subject": hook["email_subject"], "email_template": hook["email_template"]}});
        server.put(&path, same).await.json(200);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_a_realm_a_hook_is_for_all(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let fields = json!({"app_hook": {"destination": "https://hooks.example/", "realm_id": null}});
    let made = server.post("app_hooks", fields.clone()).await.json(201);
    assert_eq!(made["realm_id"], Value::Null, "null in the object outranks the header");
    let other = json!({"app_hook": {"destination": "https://hooks.example/"}});
    let other = server.call_as(&server.key, None, Method::POST, "app_hooks", Some(other)).await.json(201);
    assert_eq!(other["realm_id"], Value::Null);
    let path = format!("app_hooks/{}", text(&made, "id"));
    server.get(&path).await.json(200);
    let listed = server.get("app_hooks").await.json(200);
    assert!(each(&listed, "id").contains(&text(&made, "id")), "{listed}");

    // A key for certain realms neither makes nor sees them.
    let limited = key(&server, Access::AdminRealm, &[server.realm()]).await;
    let refused = server.call_as(&limited, Some(server.realm()), Method::POST, "app_hooks", Some(fields)).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert_eq!(server.call_as(&limited, Some(server.realm()), Method::GET, &path, None).await.status, 404);
    let listed = server.call_as(&limited, Some(server.realm()), Method::GET, "app_hooks", None).await.json(200);
    assert!(!each(&listed, "id").contains(&text(&made, "id")), "{listed}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn secrets_are_told_to_those_who_manage_realms(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let made = create(&server, json!({"destination": "https://user:s3cret@hooks.example/x"})).await.json(201);
    assert_eq!(made["destination"], "https://user:s3cret@hooks.example/x");
    let path = format!("app_hooks/{}", text(&made, "id"));
    let reader = key(&server, Access::Read, &[]).await;
    let read = server.call_as(&reader, Some(server.realm()), Method::GET, &path, None).await.json(200);
    assert_eq!(read["destination"], "https://user:***@hooks.example/x");
    assert!(read.get("secret").is_none(), "{read}");
}
