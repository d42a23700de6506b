//! A NUL, which PostgreSQL keeps in no text, at every place of every call: refused, never a fault of the server.

use gantry_api::reference::{Body, Call, Field, Resource, Sent, resources};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Engine, TestServer};

const NUL: &str = "a%00b";

/// The call with this in place of each id.
fn path(call: &Call, id: &str) -> String {
    let parts: Vec<&str> = call.path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect();
    parts.join("/").trim_start_matches("/v1/").to_owned()
}

/// The same call with the NUL in its path, in each parameter of its query, and in each field of its body.
fn hostile(resource: &Resource, call: &Call) -> Vec<(String, Option<Value>)> {
    let mut calls = Vec::new();
    if call.path.contains('{') {
        calls.push((path(call, NUL), None));
    }
    let named = call.parameters.iter().map(|parameter| parameter.name);
    for name in named.chain(["realm_id", "state", "unknown", NUL]) {
        calls.push((format!("{}?{name}={NUL}", path(call, "nothing")), None));
    }
    let bodies = |fields: &[Field], root: Option<&str>| {
        let sent = fields.iter().filter(|field| field.sent != Sent::Never).map(|field| field.name);
        // An unknown name is ignored, so a call that needs nothing else would go through.
        let unknown = fields.iter().any(|field| matches!(field.sent, Sent::Required | Sent::RequiredAtFirst));
        let each = sent.chain(["realm_id"]).chain(unknown.then_some("a\0b")).map(|name| json!({ name: "a\0b" }));
        each.map(|fields| root.map_or(fields.clone(), |root| json!({ root: fields }))).collect::<Vec<_>>()
    };
    let bodies = match &call.body {
        Body::Empty => Vec::new(),
        Body::New | Body::Changes => bodies(&resource.fields, Some(resource.name)),
        Body::Under(name, fields) => bodies(fields, Some(name)),
        Body::Flat(fields) => bodies(fields, None),
    };
    calls.extend(bodies.into_iter().map(|body| (path(call, "nothing"), Some(body))));
    calls
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_refused_wherever_it_is_sent(#[case] engine: Engine) {
    let server = TestServer::with(engine, &[("rates.calls_per_minute", "0")]).await;
    for resource in resources() {
        for call in &resource.calls {
            for (path, body) in hostile(&resource, call) {
                let method: Method = call.method.parse().expect("a method");
                let by_header = !body.as_ref().is_some_and(|body| body.to_string().contains("realm_id"));
                let realm = by_header.then(|| server.realm());
                let answer = server.call_as(&server.key, realm, method, &path, body.clone()).await;
                let what = format!("{} {path} {body:?}: {} {}", call.method, answer.status, answer.text);
                assert!((400..500).contains(&answer.status), "{what}");
            }
        }
    }
}
