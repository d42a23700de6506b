//! The API's reference at `/docs`: complete, offline, and the same for people and programs. That each answer is as it
//! tells is held by `support::reference` in every test.

use std::collections::BTreeSet;

use gantry_api::reference::{document, resources};
use rstest::rstest;
use serde_json::Value;

use super::raw::send;
use crate::support::{Engine, TestServer};

#[test]
fn every_route_is_told_and_every_told_call_is_a_route() {
    let routes: BTreeSet<_> = gantry_api::listed().into_iter().collect();
    let resources = resources();
    let told: BTreeSet<_> =
        resources.iter().flat_map(|one| one.calls.iter().map(|call| (call.method, call.path))).collect();
    let untold: Vec<_> = routes.difference(&told).collect();
    assert!(untold.is_empty(), "tell these in crates/api/src/reference/: {untold:?}");
    let unrouted: Vec<_> = told.difference(&routes).collect();
    assert!(unrouted.is_empty(), "these are told and lead nowhere: {unrouted:?}");
}

#[test]
fn every_field_and_call_has_a_meaning_of_its_own() {
    for resource in resources() {
        let names: BTreeSet<_> = resource.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), resource.fields.len(), "{}: a field is told twice", resource.name);
        for field in &resource.fields {
            assert!(!field.about.is_empty() && !field.about.ends_with('.'), "{}.{}", resource.name, field.name);
        }
        for call in &resource.calls {
            assert!(!call.about.is_empty() && !call.about.ends_with('.'), "{} {}", call.method, call.path);
        }
    }
}

/// The rules of OpenAPI 3.1 that a mistake here would break.
#[test]
fn the_document_holds_together() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().expect("a pointer");
        assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let placeholders = path.matches('{').count();
            let parameters = operation["parameters"].as_array().expect("parameters");
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(in_path, placeholders, "{method} {path}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn both_forms_are_served_without_a_key_and_need_no_other_host() {
    let server = TestServer::start(Engine::Sqlite).await;
    let page = send(&server, reqwest::Method::GET, "/docs", &[], "").await;
    assert_eq!(page.status, 200);
    let text = page.text.replace("&#x2f;", "/");
    for (method, path) in gantry_api::listed() {
        assert!(text.contains(&format!("<code>{path}</code>")), "{method} {path}");
    }
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for attribute in ["href=\"", "src=\""] {
        for address in text.split(attribute).skip(1).map(|rest| rest.split('"').next().expect("an address")) {
            assert!(address.starts_with(['/', '#']), "{address}");
            if address.starts_with('/') {
                let found = send(&server, reqwest::Method::GET, address, &[], "").await;
                assert_eq!(found.status, 200, "{address}");
            }
        }
    }
    let served = send(&server, reqwest::Method::GET, "/docs/openapi.json", &[], "").await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(serde_json::from_str::<Value>(&served.text).expect("JSON"), document());
}
