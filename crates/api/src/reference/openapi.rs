//! The API as an OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::resources;
use super::schema;
use super::shape::{Answer, Body, Call, Resource};

const ABOUT: &str = "AuthRocket 1's Core and Extended API. Send the API key as `X-Authrocket-Api-Key`. Most calls work \
    in one realm: name it by `realm_id` in the query or the body, or by the header `X-Authrocket-Realm`; a call that \
    names a thing by its id needs neither. Bodies are JSON or form-encoded (`user[email]=…`). Times are epoch seconds. \
    Unknown fields are ignored.";

/// Returns the whole document.
pub fn document() -> Value {
    let resources = resources();
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    for resource in &resources {
        schemas.insert(resource.name.to_owned(), schema::answered(resource));
        for call in &resource.calls {
            let path = paths.entry(call.path).or_insert_with(|| json!({}));
            path[call.method.to_lowercase()] = operation(resource, call);
        }
    }
    schemas.insert("request".to_owned(), request());
    schemas.insert("refusal".to_owned(), refusal());
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Gantry", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [{ "url": "/" }],
        "security": [{ "api_key": [] }],
        "tags": resources.iter().map(|one| json!({ "name": one.title, "description": one.about })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "api_key": { "type": "apiKey", "in": "header", "name": "X-Authrocket-Api-Key" },
            },
        },
    })
}

fn operation(resource: &Resource, call: &Call) -> Value {
    let mut operation = json!({
        "tags": [resource.title],
        "summary": call.about,
        "description": format!("Needs the right {}.", needs(call)),
        "operationId": operation_id(call),
        "parameters": parameters(call),
        "responses": responses(resource, call),
    });
    if let Some(body) = body(resource, call) {
        operation["requestBody"] = json!({ "content": { "application/json": { "schema": body } } });
    }
    operation
}

fn needs(call: &Call) -> String {
    let needs = call.needs().into_iter().map(|(right, when)| format!("`{right}`{when}"));
    needs.collect::<Vec<_>>().join(", or ")
}

/// Returns the operation's id, such as `post_users_key_authenticate`.
fn operation_id(call: &Call) -> String {
    let path = call.path.trim_start_matches("/v1/").replace(['{', '}'], "").replace('/', "_");
    format!("{}_{path}", call.method.to_lowercase())
}

fn parameters(call: &Call) -> Vec<Value> {
    let placeholders = call.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = placeholders.map(
        |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }),
    );
    let realm = json!({
        "name": "X-Authrocket-Realm", "in": "header", "description": "The realm to work in",
        "schema": { "type": "string" },
    });
    let in_query = call.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name, "in": "query", "description": parameter.about, "required": parameter.required,
            "schema": schema::of(parameter.kind),
        })
    });
    in_path.chain([realm]).chain(in_query).collect()
}

fn body(resource: &Resource, call: &Call) -> Option<Value> {
    let rooted = |name: &str, fields: Value| {
        json!({
            "type": "object", "required": [name],
            "properties": { name: fields, "request": { "$ref": "#/components/schemas/request" } },
        })
    };
    Some(match &call.body {
        Body::Empty => return None,
        Body::New => rooted(resource.name, schema::new(&resource.fields)),
        Body::Changes => rooted(resource.name, schema::changes(&resource.fields)),
        Body::Under(name, fields) => rooted(name, schema::new(fields)),
        Body::Flat(fields) => {
            let mut flat = schema::new(fields);
            flat["properties"]["request"] = json!({ "$ref": "#/components/schemas/request" });
            flat
        }
    })
}

fn responses(resource: &Resource, call: &Call) -> Value {
    let one = json!({ "$ref": format!("#/components/schemas/{}", resource.name) });
    let answered = |about: &str, schema: Value| json!({ "description": about, "content": { "application/json": { "schema": schema } } });
    let (status, mut done) = match call.answer {
        Answer::One(status) => (status, answered("Done", one)),
        Answer::Page => {
            let page = json!({
                "type": "object", "required": ["more_results", "next", "collection"], "additionalProperties": false,
                "properties": {
                    "more_results": { "type": "boolean" },
                    "next": { "type": ["string", "null"], "description": "Send it as `after` for the next page; null on the last one" },
                    "collection": { "type": "array", "items": one },
                },
            });
            (200, answered("A page", page))
        }
        Answer::Either(names) => {
            let reference = |name: &&str| json!({ "$ref": format!("#/components/schemas/{name}") });
            (200, answered("Done", json!({ "oneOf": names.iter().map(reference).collect::<Vec<_>>() })))
        }
        Answer::Told(fields) => (200, answered("Done", schema::record(fields))),
        Answer::Empty => (204, json!({ "description": "Done" })),
    };
    if status == 201 {
        done["links"] = links(resource, call);
    }
    let mut responses = Map::from_iter([(status.to_string(), done)]);
    for (status, about) in REFUSALS {
        let refused = answered(about, json!({ "$ref": "#/components/schemas/refusal" }));
        responses.insert(status.to_string(), refused);
    }
    Value::Object(responses)
}

/// Returns the links of a create's response: the calls that have the new object's id in their path.
fn links(resource: &Resource, create: &Call) -> Value {
    let mut links = Map::new();
    for call in &resource.calls {
        let rest = call.path.strip_prefix(create.path).and_then(|rest| rest.strip_prefix("/{"));
        if let Some(name) = rest.and_then(|rest| rest.split('}').next()) {
            let id = operation_id(call);
            links.insert(id.clone(), json!({ "operationId": id, "parameters": { name: "$response.body#/id" } }));
        }
    }
    Value::Object(links)
}

/// Error responses that any call can return.
const REFUSALS: [(u16, &str); 11] = [
    (400, "A parameter is missing or cannot be read"),
    (401, "The key is fine, the end user's login failed"),
    (403, "The API key is missing, wrong or lacks the right"),
    (404, "Unknown, or not visible to this key"),
    (406, "Accept does not allow JSON"),
    (409, "The present state forbids it"),
    (413, "The body is too large"),
    (415, "The body's content type is unknown"),
    (422, "One or more fields broke a rule"),
    (429, "Too many calls or password tries; Retry-After says when to come back"),
    (503, "Busy, or the database cannot be used for now; Retry-After says when to come back"),
];

fn request() -> Value {
    json!({
        "type": "object", "description": "The end user who caused the call; kept with events and sessions",
        "properties": {
            "ip": { "type": ["string", "null"], "description": "Address" },
            "client": { "type": ["string", "null"], "description": "User agent, or the app's name and version" },
        },
    })
}

fn refusal() -> Value {
    json!({
        "type": "object", "required": ["error", "request_id"], "additionalProperties": false,
        "properties": {
            "error": { "type": "string", "description": "A sentence for the developer" },
            "request_id": { "type": "string", "pattern": "^rq_[0-9A-Za-z]{22}$" },
            "errors": {
                "type": "object", "description": "Sentences by field, `base` where they belong to none (409, 422)",
                "additionalProperties": { "type": "array", "items": { "type": "string" } },
            },
            "message": { "type": "string", "description": "All sentences joined (409, 422)" },
            "retry_url": { "type": "string", "description": "Where to try a refused social login again" },
        },
    })
}
