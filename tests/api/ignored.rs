//! Fields that mean nothing are ignored, as AuthRocket ignores them, and named in a header: a misspelt security setting
//! would else be answered with 200 and not be set. A body without its object is another matter (decisions §3).

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::send;
use crate::support::{Answer, Engine, TestServer};

const HEADER: &str = "x-gantry-ignored";

#[rstest]
#[tokio::test]
async fn what_is_ignored_is_named() {
    let server = TestServer::start(Engine::Sqlite).await;
    let user = json!({"user_type": "human", "username": "ada", "email": "ada@example.com", "frist_name": "Ada",
        "password": "tr0mbone-under-glass", "id": "usr_1", "custom": {"anything": 1}});
    let body = json!({"user": user, "usr": {}, "request": {"ip": "192.0.2.1"}, "realm_id": server.realm()});
    let made = server.post("users", body).await;
    made.json(201);
    assert_eq!(made.header(HEADER), "user.frist_name, user.id, usr");
    let named = async |path: &str, body: Value| server.put(path, body).await.header(HEADER).to_owned();
    let realm = format!("realms/{}", server.realm());
    assert_eq!(named(&realm, json!({"realm": {"sesion_minutes": 5}})).await, "realm.sesion_minutes");
    assert_eq!(named(&realm, json!({"realm": {"session_minutes": 5}})).await, "");
    let link = json!({"title": "Wiki", "link_url": "https://a.example/", "titel": 1});
    assert_eq!(named(&realm, json!({"realm": {"resource_links": [link]}})).await, "realm.resource_links.titel");
    assert_eq!(named("users/ada", json!({"user": {"a,b\r\nc": 1, "realm_id": server.realm()}})).await, "user.a?b??c");
    // Fields of another kind mean nothing to this one.
    let fields = json!({"auth_provider": {"min_length": 9, "signup": "off"}});
    assert_eq!(named("auth_providers/password", fields).await, "auth_provider.signup");
    let login = json!({"password": "tr0mbone-under-glass", "pasword": "x"});
    assert_eq!(server.post("users/ada/authenticate", login).await.header(HEADER), "pasword");
    // A form's names likewise.
    let headers = [
        ("X-Authrocket-Api-Key", &*server.key),
        ("X-Authrocket-Realm", server.realm()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let form = send(&server, Method::PUT, "/v1/users/ada", &headers, "user[first_name]=A&user[lsat_name]=B").await;
    assert_eq!(form.header(HEADER), "user.lsat_name");
    // Of what failed nothing is said: most of it was not even looked at.
    let refused = server.post("users", json!({"user": {"frist_name": "Ada"}})).await;
    assert_eq!((refused.status, refused.header(HEADER)), (422, ""));
    let many: serde_json::Map<_, _> = (0..5000).map(|at| (format!("field_{at}"), json!(1))).collect();
    let bounded = named(&realm, json!({ "realm": many })).await;
    assert!(bounded.len() <= 1010 && bounded.ends_with(", ..."), "{bounded}");
}

/// Every call whose body has a resource object: without it the object is named, with it empty it is not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_body_without_its_object_says_so(#[case] engine: Engine) {
    use gantry_api::reference::{Body, resources};
    let server = TestServer::start(engine).await;
    let user = server.user("ada").await;
    let org = server.post("orgs", json!({"org": {"name": "Engines"}})).await.json(201);
    let membership = json!({"membership": {"user_id": "ada", "org_id": org["id"]}});
    let membership = server.post("memberships", membership).await.json(201);
    let hook = server.post("app_hooks", json!({"app_hook": {"destination": "https://a.example/"}})).await.json(201);
    let mut seen = 0;
    for resource in resources() {
        for call in &resource.calls {
            let root = match &call.body {
                Body::New | Body::Changes => resource.name,
                Body::Under(root, _) => root,
                Body::Empty | Body::Flat(_) => continue,
            };
            let id = match resource.name {
                "realm" => json!(server.realm()),
                "user" => user["id"].clone(),
                "org" => org["id"].clone(),
                "membership" => membership["id"].clone(),
                "app_hook" => hook["id"].clone(),
                "login_policy" => json!(server.made.app.id),
                "auth_provider" => json!("password"),
                "credential" => user["credentials"][0]["id"].clone(),
                _ => Value::Null,
            };
            let path = call.path.trim_start_matches("/v1/");
            let path =
                path.replace("{id}", id.as_str().unwrap_or_default()).replace("{key}", id.as_str().unwrap_or_default());
            let method: Method = call.method.parse().expect("a method");
            let told = async |body: Option<Value>| -> Answer { server.call(method.clone(), &path, body).await };
            for body in [
                json!({"name": "Top"}),
                json!({"realm_id": server.realm()}),
                json!({root: null}),
                json!({root: "x"}),
                json!({root: [1]}),
            ] {
                seen += 1;
                let answer = told(Some(body.clone())).await;
                let is_named = answer.text.contains(&format!("The body has no object {root}"));
                assert!(answer.status == 400 && is_named, "{} {path} {body:?}: {}", call.method, answer.text);
            }
            // What known clients send where there is nothing to say.
            for empty in [None, Some(json!({})), Some(json!([])), Some(json!({root: {}})), Some(json!({root: []}))] {
                let answer = told(empty).await;
                assert!(![400, 500].contains(&answer.status), "{} {path}: {}", call.method, answer.text);
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A realm counts in the object of the address, or beside it, and nowhere else.
#[rstest]
#[tokio::test]
async fn a_realm_in_a_strange_object_names_none() {
    let server = TestServer::start(Engine::Sqlite).await;
    let second = server.post("realms", json!({"realm": {"name": "Second"}})).await.json(201);
    let org = |second: &Value| json!({"org": {"name": "Engines"}, "user": {"realm_id": second["id"]}});
    let made = server.post("orgs", org(&second)).await;
    assert_eq!(made.json(201)["realm_id"], json!(server.realm()));
    assert_eq!(made.header(HEADER), "user");
}
