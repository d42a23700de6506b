//! Every field that a caller may write, of every resource, in the forms that clients send it: empty, null, as text, with
//! blanks around it (decisions §3: empty texts, null, text forms). The fields are those of the reference, so that a new
//! one is tried here too.

use std::collections::BTreeSet;

use gantry_api::reference::{Field, Kind, Sent, Shown, resources};
use rstest::rstest;
use serde_json::{Map, Value, json};

use super::raw::text;
use super::writable::{Bench, Encoding, VARIANTS, Variant, writable};
use crate::support::{Answer, Engine, TestServer};

/// What an empty text or null does to a field.
#[derive(Debug, PartialEq)]
enum Emptied {
    /// It is as it was.
    Kept,
    /// It is null, or an empty list or hash.
    Cleared,
    /// 422 that names it.
    Refused,
}

/// Whether the field's value is of a kind that is never an empty text.
fn is_scalar(variant: &Variant, field: &Field) -> bool {
    let is_secret = ["password", "password_confirmation", "api_key", "client_secret", "token"].contains(&field.name);
    let is_name_field = field.name == "name_field" && variant.kind == "login_rocket";
    let kinds = matches!(field.kind, Kind::Flag | Kind::Whole(..) | Kind::Word(_) | Kind::Time | Kind::Records(_));
    is_secret || is_name_field || (kinds && !matches!(field.kind, Kind::Records(_)))
}

/// Made up where nothing is sent, and then kept.
fn is_made_up(variant: &Variant, field: &Field) -> bool {
    matches!(
        (variant.resource, variant.kind, field.name),
        ("login_policy", _, "subdomain") | ("user", "api", "username" | "name")
    )
}

fn after_empty_text(variant: &Variant, field: &Field, base: &Map<String, Value>) -> Emptied {
    match () {
        () if is_scalar(variant, field) || is_made_up(variant, field) => Emptied::Kept,
        () if base.contains_key(field.name) => Emptied::Refused,
        () => Emptied::Cleared,
    }
}

fn after_null(variant: &Variant, field: &Field, base: &Map<String, Value>) -> Emptied {
    match () {
        // Nothing is kept of it, so there is nothing to clear either.
        () if field.name == "password_confirmation" || is_made_up(variant, field) => Emptied::Kept,
        () if matches!(field.kind, Kind::Time) => Emptied::Cleared,
        () if is_scalar(variant, field) || base.contains_key(field.name) => Emptied::Refused,
        () => Emptied::Cleared,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A way to write a value.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// As the reference tells it.
    Plain,
    /// As text.
    Text,
    /// As text with blanks around it; in a list, around its entries, with blank ones among them.
    Blanks,
    /// A boolean as 1 or 0.
    Digit,
    /// A time as ISO 8601.
    Iso,
}

const FORMS: [Form; 5] = [Form::Plain, Form::Text, Form::Blanks, Form::Digit, Form::Iso];

/// The value in this form, if its kind has it.
fn written(form: Form, field: &Field, value: &Value) -> Option<Value> {
    // Kept to the letter, blanks included.
    let is_verbatim = [
        "header",
        "footer",
        "email_template",
        "access_token",
        "password",
        "password_confirmation",
        "client_secret",
        "api_key",
        "key",
    ]
    .contains(&field.name);
    let is_time = matches!(field.kind, Kind::Time);
    Some(match (form, value) {
        (Form::Plain, value) => value.clone(),
        (Form::Text, Value::Bool(_) | Value::Number(_)) => json!(value.to_string()),
        (Form::Blanks, Value::Bool(_) | Value::Number(_)) => json!(format!(" {value} ")),
        (Form::Blanks, Value::String(text)) if !is_verbatim => json!(format!(" {text}\t")),
        (Form::Blanks, Value::Array(items)) => {
            let blanks = |item: &Value| item.as_str().map_or(item.clone(), |text| json!(format!(" {text} ")));
            let items = items.iter().map(blanks);
            [json!("")].into_iter().chain(items).chain([json!(" ")]).collect()
        }
        (Form::Digit, Value::Bool(flag)) => json!(i32::from(*flag)),
        (Form::Iso, Value::Number(_)) if is_time => json!("2026-01-02T01:00:00+01:00"),
        _ => return None,
    })
}

/// Whether the answer tells the value that was sent.
#[track_caller]
fn tells(answer: &Value, field: &Field, value: &Value, what: &str) {
    if field.shown == Shown::Never || ["token", "api_key", "keep_sessions"].contains(&field.name) {
        return;
    }
    match value.as_f64() {
        Some(number) => assert_eq!(answer[field.name].as_f64(), Some(number), "{what}: {answer}"),
        None => assert_eq!(&answer[field.name], value, "{what}: {answer}"),
    }
}

#[track_caller]
fn is_refused(answer: &Answer, field: &Field, what: &str) {
    assert_eq!(answer.status, 422, "{what}: {}", answer.text);
    assert!(!answer.refusals(field.name).is_empty(), "{what}: {}", answer.text);
}

#[test]
fn every_writable_field_is_tried() {
    let mut tried = BTreeSet::new();
    for variant in VARIANTS {
        tried.extend(writable(variant).iter().map(|field| (variant.resource, field.name)));
    }
    for resource in resources() {
        for field in resource.fields.iter().filter(|field| field.sent != Sent::Never) {
            assert!(tried.contains(&(resource.name, field.name)), "tell this test of {}.{}", resource.name, field.name);
        }
    }
    assert!(tried.len() > 80, "{}", tried.len());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn on_create_an_empty_text_is_as_if_nothing_was_sent(#[case] engine: Engine) {
    let mut bench = Bench::start(engine).await;
    for variant in VARIANTS {
        for field in writable(variant) {
            for encoding in [Encoding::Json, Encoding::Form] {
                let what = format!("{} {} {} {encoding:?}", variant.resource, variant.kind, field.name);
                let mut empty = bench.base(variant).await;
                let is_needed = empty.insert(field.name.to_owned(), json!("")).is_some();
                let answer = bench.create(encoding, variant, &empty).await;
                if is_needed && field.name != "hook_type" {
                    is_refused(&answer, &field, &what);
                    continue;
                }
                if field.name == "hook_type" {
                    continue; // Without it a hook is a webhook, which has other fields.
                }
                let made = answer.json(201);
                let plain = bench.base(variant).await;
                let plain = bench.create(encoding, variant, &plain).await.json(201);
                if !is_made_up(variant, &field) && !["api_key", "key"].contains(&field.name) {
                    assert_eq!(made.get(field.name), plain.get(field.name), "{what}");
                }
            }
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn on_create_each_value_is_taken_in_every_form(#[case] engine: Engine) {
    let mut bench = Bench::start(engine).await;
    let mut seen = 0;
    for variant in VARIANTS {
        // A real token is tried where signup tokens are.
        for field in writable(variant).iter().filter(|field| field.name != "token") {
            for (encoding, form) in
                [Encoding::Json, Encoding::Form].into_iter().flat_map(|e| FORMS.map(|form| (e, form)))
            {
                let what = format!("{} {} {} {encoding:?} {form:?}", variant.resource, variant.kind, field.name);
                let (mut body, value) = bench.with_sample(variant, field).await;
                let Some(sent) = written(form, field, &value) else { continue };
                seen += 1;
                body.insert(field.name.to_owned(), sent);
                let answer = bench.create(encoding, variant, &body).await;
                assert_eq!(answer.status, 201, "{what}: {body:?} {}", answer.text);
                let ignored = if field.name == "keep_sessions" {
                    format!("{}.keep_sessions", variant.resource)
                } else {
                    String::new()
                };
                assert_eq!(answer.header("x-gantry-ignored"), ignored, "{what}");
                tells(&answer.json(201), field, &value, &what);
            }
        }
    }
    assert!(seen > 300, "{seen}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn on_update_each_value_is_taken_kept_cleared_or_refused(#[case] engine: Engine) {
    let mut bench = Bench::start(engine).await;
    let mut seen = 0;
    for variant in VARIANTS {
        let is_updated = |field: &&Field| matches!(field.sent, Sent::Optional | Sent::Required);
        for field in writable(variant).iter().filter(is_updated) {
            for (encoding, form) in
                [Encoding::Json, Encoding::Form].into_iter().flat_map(|e| FORMS.map(|form| (e, form)))
            {
                let what = format!("{} {} {} {encoding:?} {form:?}", variant.resource, variant.kind, field.name);
                let base = bench.base(variant).await;
                let made = bench.create(encoding, variant, &base).await.json(201);
                let mut body = Map::new();
                let value = bench.sample(variant, field, &mut body);
                let Some(sent) = written(form, field, &value) else { continue };
                seen += 1;
                body.insert(field.name.to_owned(), sent);
                let id = text(&made, "id");
                let answer = bench.update(encoding, variant, id, json!(body)).await;
                assert_eq!(answer.header("x-gantry-ignored"), "", "{what}");
                tells(&answer.json(200), field, &value, &what);

                let emptied = [
                    (Some(after_empty_text(variant, field, &base)), json!("")),
                    ((encoding == Encoding::Json).then(|| after_null(variant, field, &base)), Value::Null),
                ];
                for (expected, empty) in emptied.into_iter().filter_map(|(expected, empty)| Some((expected?, empty))) {
                    let answer = bench.update(encoding, variant, id, json!({ field.name: empty })).await;
                    let what = format!("{what} {empty}");
                    match expected {
                        Emptied::Refused => is_refused(&answer, field, &what),
                        // A system is called like its username then.
                        Emptied::Kept if (variant.kind, field.name) == ("api", "name") => {
                            let changed = answer.json(200);
                            assert_eq!(changed["name"], changed["username"], "{what}");
                        }
                        Emptied::Kept => tells(&answer.json(200), field, &value, &what),
                        Emptied::Cleared => {
                            assert!(is_empty(&answer.json(200)[field.name]), "{what}: {}", answer.text);
                            let again = bench.update(encoding, variant, id, json!(body)).await;
                            tells(&again.json(200), field, &value, &what);
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

/// LoginRocket's switches are words now, and were booleans once.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[tokio::test]
async fn older_switches_are_taken_as_booleans_are(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    for (sent, word) in [
        (json!(true), "both"),
        (json!(0), "off"),
        (json!("true"), "both"),
        (json!(" False "), "off"),
        (json!("1"), "both"),
        (json!(" js "), "js"),
        (json!(""), "js"),
    ] {
        let body = json!({"auth_provider": {"signup": sent}});
        let changed = server.put("auth_providers/login_rocket", body).await.json(200);
        assert_eq!(changed["signup"], word, "{sent}");
    }
}

/// Queries are read as bodies are.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn parameters_are_taken_in_the_same_forms(#[case] engine: Engine) {
    let server = TestServer::start(engine).await;
    server.user("ada").await;
    let count = async |path: &str| server.get(path).await.json(200)["collection"].as_array().expect("a list").len();
    for (before, after) in [
        ("1767225601", "1767225600"),
        ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00.000Z"),
        ("+2026-01-01+00:00:01+UTC", "2026-01-01T01:00:00%2B01:00"),
    ] {
        assert_eq!(count(&format!("users?created_at_before={before}&created_at_after={after}")).await, 1, "{before}");
        assert_eq!(count(&format!("users?created_at_after={before}")).await, 0, "{before}");
        assert_eq!(count(&format!("events?event_type=user.created&created_at_after={after}")).await, 1, "{after}");
    }
    assert_eq!(count("users?state=+active+&max_results=+5+&sort=+id&direction=+desc+&created_at_before=").await, 1);
    for wrong in ["yesterday", "2026-01-01", "-1", "NaN"] {
        server.get(&format!("users?created_at_after={wrong}")).await.json(400);
        server.get(&format!("events?created_at_after={wrong}")).await.json(400);
    }
}
