//! Validation errors as JSON for a response.

use gantry_core::FieldError;
use serde_json::{Map, Value, json};

/// Joins all messages to one text.
pub fn joined(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.text.as_str()).collect::<Vec<_>>().join("; ")
}

/// Returns an object of fields, each with its messages.
pub fn by_field(errors: &[FieldError]) -> Value {
    let mut fields = Map::new();
    for error in errors {
        if let Value::Array(texts) = fields.entry(error.field.as_ref()).or_insert_with(|| json!([])) {
            texts.push(json!(error.text));
        }
    }
    Value::Object(fields)
}
