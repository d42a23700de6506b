//! Every answer that a test gets is held against the API's own reference, so that the reference cannot be wrong.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::Value;

use super::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(gantry_api::reference::document);
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Fails when the reference has no such status for this call, or another body.
#[track_caller]
pub fn hold_against_reference(method: &Method, path: &str, answer: &Answer) {
    let method = method.as_str().to_lowercase();
    let Some(path) = told(path).filter(|path| DOCUMENT["paths"][path].get(&method).is_some()) else {
        assert!(answer.status >= 400, "{method} {path} is not in the reference, and succeeded: {}", answer.text);
        return;
    };
    let response = &DOCUMENT["paths"][&path][&method]["responses"][answer.status.to_string()];
    assert!(response.is_object(), "{method} {path}: the reference has no {}: {}", answer.status, answer.text);
    if response.get("content").is_none() {
        assert_eq!(answer.text, "", "{method} {path}: the reference has no body for {}", answer.status);
        return;
    }
    let body: Value = serde_json::from_str(&answer.text).expect("JSON");
    objects_are_named(&body);
    times_have_three_decimals(&answer.text);
    let schema = &response["content"]["application/json"]["schema"];
    let validator = validator(&format!("{method} {path} {}", answer.status), schema);
    let faults: Vec<String> =
        validator.iter_errors(&body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{method} {path} {} is told otherwise: {faults:#?}\n{body:#}", answer.status);
}

/// Clients make a class of each nested object by its `object`. AuthRocket's addresses of social logins have none.
#[track_caller]
fn objects_are_named(value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(objects_are_named),
        Value::Object(map) => {
            let is_address = map.contains_key("provider_type") && map.contains_key("url");
            assert!(!map.contains_key("id") || is_address || map["object"].is_string(), "no object in {value}");
            map.iter().filter(|(name, _)| *name != "custom").for_each(|(_, value)| objects_are_named(value));
        }
        _ => {}
    }
}

/// Decoders that expect three decimals get three in each time, apart from a session's whole `expires_at`.
#[track_caller]
fn times_have_three_decimals(text: &str) {
    for (before, after) in text.match_indices("_at\":").map(|(at, key)| text.split_at(at + key.len())) {
        let number: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let name = &before[before.len().saturating_sub(24)..];
        assert!(
            decimals == 3 || number.is_empty() || (decimals == 0 && name.ends_with("\"expires_at\":")),
            "{name}{number}"
        );
    }
}

/// The path of the reference that this address is of. A fixed part is a better match than a placeholder.
fn told(address: &str) -> Option<String> {
    let address = format!("/v1/{}", address.split('?').next().unwrap_or_default());
    let parts: Vec<&str> = address.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fits = |path: &&String| {
        let told: Vec<&str> = path.split('/').collect();
        told.len() == parts.len()
            && told.iter().zip(&parts).all(|(told, part)| told == part || (told.starts_with('{') && !part.is_empty()))
    };
    paths.keys().filter(fits).min_by_key(|path| path.matches('{').count()).cloned()
}

fn validator(answer: &str, schema: &Value) -> Arc<Validator> {
    let mut validators = VALIDATORS.lock().expect("no panic under the lock");
    let made = validators.entry(answer.to_owned()).or_insert_with(|| {
        // Its references lead into the document's components.
        let mut schema = schema.clone();
        schema["components"] = DOCUMENT["components"].clone();
        Arc::new(jsonschema::draft202012::new(&schema).expect("a schema"))
    });
    Arc::clone(made)
}
