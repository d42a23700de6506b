//! Request bodies: JSON or form, of bounded size, parsed to one map.

use axum::http::{HeaderMap, header};
use gantry_core::json::{self, JsonError};
use serde_json::{Map, Value};

use crate::pairs;

/// Parsed request body.
#[derive(Debug, Default)]
pub struct Body {
    /// Names and values; empty if there was no body.
    pub map: Map<String, Value>,
    /// Whether the body was a form, in which every value is text.
    pub from_form: bool,
}

/// Reason why a body cannot be parsed.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The content type is neither JSON nor a form (status 415).
    Type,
    /// The content is invalid (status 400); a sentence for the developer.
    Text(String),
}

impl Body {
    /// Parses the body by its content type. An empty body is an empty map, regardless of the type.
    pub fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = named.split(';').next().unwrap_or_default().trim();
        if kind.is_empty() || kind.eq_ignore_ascii_case("application/json") {
            let value = json::parse(bytes).map_err(|error| {
                Unreadable::Text(match error {
                    JsonError::Syntax(error) => format!("The body is not valid JSON: {error}"),
                    error @ JsonError::TooLarge(_) => error.to_string(),
                })
            })?;
            return match value {
                Value::Object(map) => Ok(Self { map, from_form: false }),
                Value::Null => Ok(Self::default()),
                Value::Array(items) if items.is_empty() => Ok(Self::default()), // an empty PHP array
                _ => Err(Unreadable::Text("The body must be a JSON object".to_owned())),
            };
        }
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::Text("The body is not UTF-8".to_owned()))?;
            let pairs =
                pairs::decode(text).map_err(|why| Unreadable::Text(format!("The body cannot be read: {why}")))?;
            return Ok(Self { map: pairs::nest(pairs), from_form: true });
        }
        Err(Unreadable::Type)
    }
}
