//! Every call with every right (api-v1 §1.2): the reference tells which right a call needs; a key with less is refused,
//! a key with just that is not.

use gantry_api::reference::{Body, Call, Field, Sent, resources};
use gantry_core::actor::Access;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::raw::key;
use crate::support::{Engine, TestServer};

const RIGHTS: [Access; 4] = [Access::Read, Access::Write, Access::AdminRealm, Access::AdminAccount];

/// A call that is understood, about a thing that is not there.
fn tried(call: &Call) -> (Method, String, Option<Value>) {
    let path: Vec<&str> =
        call.path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect();
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
    for access in RIGHTS {
        let key = key(&server, access, &[]).await;
        for call in resources().iter().flat_map(|resource| &resource.calls) {
            let (method, path, body) = tried(call);
            let answer = server.call_as(&key, Some(server.realm()), method, &path, body).await;
            let refused = answer.status == 403;
            let what = format!("{} {} with {access:?}: {} {}", call.method, call.path, answer.status, answer.text);
            assert_eq!(refused, access < call.access, "{what}");
        }
    }
}
