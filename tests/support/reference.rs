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
    let schema = &response["content"]["application/json"]["schema"];
    let validator = validator(&format!("{method} {path} {}", answer.status), schema);
    let faults: Vec<String> =
        validator.iter_errors(&body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{method} {path} {} is told otherwise: {faults:#?}\n{body:#}", answer.status);
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
