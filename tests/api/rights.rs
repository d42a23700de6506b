//! Every call with every right (api-v1 §1.2): the reference tells which right a call needs; a key with less is refused,
//! a key with just that is not.

use gantry_api::reference::{Body, Call, Field, Sent, resources};
use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::key;
use crate::support::{Engine, TestServer};

const RIGHTS: [Access; 5] = [Access::Verify, Access::Read, Access::Write, Access::AdminRealm, Access::AdminAccount];

/// What stands for an id, and for a login token.
const ID: &str = "nothing";
const TOKEN: &str = "no.login.token";

/// A call that is understood, about a thing that is not there.
fn tried(call: &Call, named: &str) -> (Method, String, Option<Value>) {
    let path: Vec<&str> = call.path.split('/').map(|part| if part.starts_with('{') { named } else { part }).collect();
    let needed = call.parameters.iter().filter(|parameter| parameter.required);
    let query: Vec<String> = needed.map(|parameter| format!("{}=nothing", parameter.name)).collect();
    let path = format!("{}?{}", path.join("/").trim_start_matches("/v1/"), query.join("&"));
    let required = |fields: &[Field]| -> Value {
        let required = fields.iter().filter(|field| matches!(field.sent, Sent::Required | Sent::RequiredAtFirst));
        required.map(|field| (field.name.to_owned(), json!("nothing"))).collect::<serde_json::Map<_, _>>().into()
    };
    let body = match &call.body {
        Body::Empty => None,
        Body::New | Body::Changes => Some(json!({})),
        Body::Under(name, fields) => Some(json!({ *name: required(fields) })),
        Body::Flat(fields) => Some(required(fields)),
    };
    (call.method.parse().expect("a method"), path, body)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_call_needs_the_right_that_the_reference_tells(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let mut wrong = Vec::new();
    for access in RIGHTS {
        let key = key(&server, access, &[]).await;
        for call in resources().iter().flat_map(|resource| &resource.calls) {
            for named in [ID, TOKEN] {
                let (method, path, body) = tried(call, named);
                let answer = server.call_as(&key, Some(server.realm()), method, &path, body).await;
                let refused = answer.status == 403;
                let what = format!("{} {path} with {access:?}: {} {}", call.method, answer.status, answer.text);
                let by_token = named == TOKEN || !call.path.contains('{');
                if refused == call.allows(access, by_token) {
                    wrong.push(what);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `verify` and `read` stand side by side, below `write`.
#[test]
fn each_right_includes_what_the_decisions_say() {
    use Access::{AdminAccount, AdminRealm, Read, Verify, Write};
    let included: [(Access, &[Access]); 5] = [
        (Verify, &[Verify]),
        (Read, &[Read]),
        (Write, &[Verify, Read, Write]),
        (AdminRealm, &[Verify, Read, Write, AdminRealm]),
        (AdminAccount, &RIGHTS),
    ];
    for (access, held) in included {
        for needed in RIGHTS {
            assert_eq!(access.includes(needed), held.contains(&needed), "{access:?} and {needed:?}");
        }
    }
}

/// A key that an app gets to check logins with reaches three calls, each of which has the whole token.
#[test]
fn verify_opens_three_calls() {
    let calls = resources().into_iter().flat_map(|resource| resource.calls);
    let open: Vec<_> =
        calls.filter(|call| call.allows(Access::Verify, true)).map(|call| (call.method, call.path)).collect();
    let expected = [("GET", "/v1/sessions/{id}"), ("POST", "/v1/sessions/verify"), ("DELETE", "/v1/sessions/{id}")];
    assert_eq!(open, expected);
}

/// A secret that makes its holder the user is shown only to keys that could log in as the user anyhow.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn secrets_need_write(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    let ada = server.user("ada").await;
    let realm = json!({"realm": {"api_key_policy": "encrypt"}});
    server.put(&format!("realms/{}", server.realm()), realm).await.json(200);
    let totp = server.post("auth_providers", json!({"auth_provider": {"provider_type": "totp"}})).await.json(201);
    let github = json!({"auth_provider": {"provider_type": "github", "client_id": "i", "client_secret": "s"}});
    let github = server.post("auth_providers", github).await.json(201);
    let robot = server.post("users", json!({"user": {"user_type": "api", "username": "robot"}})).await.json(201);
    let make = async |fields: Value| server.post("credentials", json!({ "credential": fields })).await.json(201);
    let device =
        make(json!({"user_id": ada["id"], "credential_type": "totp", "auth_provider_id": totp["id"], "name": "Phone"}));
    let device = device.await;
    let account = make(json!({"user_id": ada["id"], "credential_type": "github", "auth_provider_id": github["id"],
        "provider_user_id": "4711", "access_token": "gho_secret"}))
    .await;
    let path = |credential: &Value| format!("credentials/{}", credential["id"].as_str().expect("an id"));
    let told = [
        (path(&device), vec!["otp_secret", "provisioning_uri", "qr_svg"]),
        (path(&account), vec!["access_token"]),
        (path(&robot["credentials"][0]), vec!["api_key"]),
        ("users/robot".to_owned(), vec!["api_key"]),
    ];
    for access in [Access::Read, Access::Write, Access::AdminRealm, Access::AdminAccount] {
        let key = key(&server, access, &[]).await;
        for (path, names) in &told {
            let shown = server.call_as(&key, Some(server.realm()), Method::GET, path, None).await.json(200);
            for name in names {
                assert_eq!(shown.get(name).is_some(), access.includes(Access::Write), "{access:?}: {path}: {name}");
            }
        }
    }
}
