//! Fields as JSON Schema.

use serde_json::{Map, Value, json};

use super::shape::{Field, Kind, Resource, Sent, Shown};

/// Returns the schema of a resource in responses, which have no other fields.
pub fn answered(resource: &Resource) -> Value {
    let mut properties = Map::new();
    properties.insert("object".to_owned(), json!({ "const": resource.name }));
    let mut required = vec!["object"];
    for field in resource.fields.iter().filter(|field| field.shown != Shown::Never) {
        properties.insert(field.name.to_owned(), of_field(field));
        if field.shown == Shown::Always {
            required.push(field.name);
        }
    }
    json!({
        "type": "object", "description": resource.about, "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

/// Returns the schema of a create's fields.
pub fn new(fields: &[Field]) -> Value {
    let sent = fields.iter().filter(|field| field.sent != Sent::Never);
    let required = fields.iter().filter(|field| matches!(field.sent, Sent::Required | Sent::RequiredAtFirst));
    taken(sent, &required.map(|field| field.name).collect::<Vec<_>>())
}

/// Returns the schema of an update's fields, all of which are optional.
pub fn changes(fields: &[Field]) -> Value {
    let sent = fields.iter().filter(|field| matches!(field.sent, Sent::Optional | Sent::Required));
    taken(sent, &[])
}

fn taken<'f>(fields: impl Iterator<Item = &'f Field>, required: &[&str]) -> Value {
    let properties: Map<_, _> = fields.map(|field| (field.name.to_owned(), of_field(field))).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// Returns the schema of an object with exactly these fields.
pub fn record(fields: &[(&str, Kind)]) -> Value {
    let properties: Map<_, _> = fields.iter().map(|(name, kind)| ((*name).to_owned(), of(*kind))).collect();
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn or_null(mut schema: Value) -> Value {
    match schema.get("type").and_then(Value::as_str).map(str::to_owned) {
        Some(name) if schema.get("enum").is_none() => {
            schema["type"] = json!([name, "null"]);
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

fn of_field(field: &Field) -> Value {
    let mut schema = of(field.kind);
    if field.nullable {
        schema = or_null(schema);
    }
    schema["description"] = json!(field.about);
    schema
}

/// Returns the schema of a field or a parameter of this kind.
pub fn of(kind: Kind) -> Value {
    let scalar = json!({ "type": ["string", "number", "boolean"] });
    match kind {
        Kind::Text(0) => json!({ "type": "string" }),
        Kind::Text(most) => json!({ "type": "string", "maxLength": most }),
        Kind::Id(prefix) => json!({ "type": "string", "pattern": format!("^{prefix}_[0-9A-Za-z]{{21,22}}$") }),
        Kind::Time => json!({ "type": "number", "minimum": 0 }),
        Kind::WholeTime => json!({ "type": "integer", "minimum": 0 }),
        Kind::Whole(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Words(words) => json!({ "type": "array", "items": { "type": "string", "enum": words } }),
        Kind::Texts(most) => json!({ "type": "array", "items": { "type": "string" }, "maxItems": most }),
        Kind::Link => json!({ "type": "string", "format": "uri", "maxLength": 2000 }),
        Kind::Email => json!({ "type": "string", "format": "idn-email", "maxLength": 254 }),
        Kind::Custom => json!({
            "type": "object", "maxProperties": 50,
            "additionalProperties": { "anyOf": [scalar, { "type": "null" }, { "type": "array", "items": scalar }] },
        }),
        Kind::Request => json!({ "$ref": "#/components/schemas/request" }),
        Kind::Object(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        Kind::Objects(name) => {
            json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{name}") } })
        }
        Kind::Records(fields) => {
            let properties: Map<_, _> = fields.iter().map(|(name, kind)| ((*name).to_owned(), of(*kind))).collect();
            json!({ "type": "array", "items": { "type": "object", "properties": properties } })
        }
        Kind::OrNull(kind) => or_null(of(*kind)),
    }
}
