//! Errors of the LoginRocket API, and their responses in the language of the calling page.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::credentials::PasswordPolicy;
use gantry_core::{Error, FieldError};
use gantry_web::broken_rules::{by_field, joined};
use gantry_web::languages::Language;
use serde_json::{Map, Value, json};

use crate::failure::minutes_to_wait;
use crate::page_state::Problem;
use crate::problems;

/// Error of a call, with data that a page may need besides the sentence.
#[derive(Debug, Clone)]
pub struct Refusal {
    why: Why,
    more: Map<String, Value>,
}

#[derive(Debug, Clone)]
enum Why {
    /// A localized sentence for the user.
    Said(String),
    /// An error of the core.
    Core(Arc<Error>),
    /// A mistake of the page's developer, or an unknown address.
    Transport(StatusCode, &'static str),
}

impl Refusal {
    /// Creates an error with a sentence for the user.
    pub fn said(sentence: impl Into<String>) -> Self {
        Why::Said(sentence.into()).into()
    }

    /// Creates an error with a sentence for the page's developer.
    pub fn transport(status: StatusCode, sentence: &'static str) -> Self {
        Why::Transport(status, sentence).into()
    }

    /// Returns `NotFound` if the function is not offered here.
    pub fn unless(is_offered: bool) -> Result<(), Self> {
        if is_offered { Ok(()) } else { Err(Error::NotFound("function").into()) }
    }

    /// A required field is missing. Checked before any lookup, so that it reveals nothing about accounts.
    pub fn blank(field: &'static str, label: &str) -> Self {
        Error::invalid(field, "blank", format!("{label} can't be blank")).into()
    }

    /// Adds a member to the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Returns the field errors, if the error has any.
    pub fn fields(&self) -> &[FieldError] {
        match &self.why {
            Why::Core(error) => error.fields(),
            Why::Said(_) | Why::Transport(..) => &[],
        }
    }

    /// Builds the response. Logs internal errors, once.
    pub fn told(self, language: &Language, policy: &PasswordPolicy) -> Response {
        let (status, said, retry_after) = match &self.why {
            Why::Said(sentence) => (StatusCode::OK, json!({ "error": sentence }), None),
            Why::Transport(status, sentence) => (*status, json!({ "error": sentence }), None),
            Why::Core(error) => of_core(error, language, policy),
        };
        let mut body = self.more;
        body.extend(said.as_object().cloned().unwrap_or_default());
        if let Some(seconds) = retry_after {
            body.insert("retry_after".to_owned(), seconds.into());
        }
        let mut response = (status, Json(Value::Object(body))).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Self {
        Self { why, more: Map::new() }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Why::Core(Arc::new(error)).into()
    }
}

/// Passes the error on to the gate, which knows the language and builds the response.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn of_core(error: &Error, language: &Language, policy: &PasswordPolicy) -> (StatusCode, Value, Option<u64>) {
    let said = |key| json!({ "error": language.say(key) });
    match error {
        Error::Invalid(fields) | Error::Conflict(fields) => (StatusCode::OK, broken(fields, language, policy), None),
        Error::Unauthenticated | Error::AlreadySubmitted => (StatusCode::OK, said("said-failed"), None),
        Error::Limited { retry_after } => (StatusCode::OK, too_many(language, *retry_after), Some(*retry_after)),
        Error::Unavailable { retry_after } => (StatusCode::SERVICE_UNAVAILABLE, said("busy"), Some(*retry_after)),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, said("missing"), None),
        Error::Malformed(sentence) | Error::Denied(sentence) => {
            tracing::warn!(sentence, "a call of the LoginRocket API was refused");
            (StatusCode::BAD_REQUEST, said("said-failed"), None)
        }
        Error::Internal(source, place) => {
            tracing::error!(%source, %place, "a call of the LoginRocket API failed");
            (StatusCode::INTERNAL_SERVER_ERROR, said("said-fault"), None)
        }
    }
}

fn too_many(language: &Language, retry_after: u64) -> Value {
    match minutes_to_wait(retry_after) {
        1 => json!({ "error": language.say("said-limited-minute") }),
        minutes => {
            let minutes = minutes.to_string();
            json!({ "error": language.say_with("said-limited-minutes", &[("minutes", &minutes)]) })
        }
    }
}

fn broken(fields: &[FieldError], language: &Language, policy: &PasswordPolicy) -> Value {
    let spoken = |field: &FieldError| FieldError {
        text: problems::sentence(language, policy, &Problem::from(field)).into_owned(),
        ..field.clone()
    };
    let fields: Vec<FieldError> = fields.iter().map(spoken).collect();
    let mut once = fields.clone();
    // If the username is an email address, both fields may yield this sentence.
    once.dedup_by(|one, before| one.text == before.text);
    json!({ "error": joined(&once), "errors": by_field(&fields) })
}
