//! Broken rules of fields as the JSON of an answer has them.

use gantry_core::FieldError;
use serde_json::{Map, Value, json};

/// All as one sentence.
pub fn joined(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.text.as_str()).collect::<Vec<_>>().join("; ")
}

/// Each field with its sentences.
pub fn by_field(errors: &[FieldError]) -> Value {
    let mut fields = Map::new();
    for error in errors {
        if let Value::Array(texts) = fields.entry(error.field.as_ref()).or_insert_with(|| json!([])) {
            texts.push(json!(error.text));
        }
    }
    Value::Object(fields)
}
