//! Answers of the LoginRocket API. What a person can bring about is told with status 200 and one sentence for them in
//! `error`, which is how its clients tell it; other statuses are for what is not there and for faults.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::{Error, FieldError};
use gantry_web::broken_rules::{by_field, joined};
use serde_json::{Map, Value, json};

/// What a call comes to.
pub type Outcome = Result<Answer, Refusal>;

/// A success.
#[derive(Debug, Default)]
pub struct Answer {
    body: Map<String, Value>,
    cookies: Vec<HeaderValue>,
}

impl Answer {
    /// With this to be shown to the person.
    pub fn saying(sentence: &str) -> Self {
        Self::default().with("message", sentence)
    }

    /// And this member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// And these cookies.
    #[must_use]
    pub fn setting(mut self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Json(Value::Object(self.body)).into_response();
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// What a call is refused with.
#[derive(Debug)]
pub enum Refusal {
    /// This, to the person, with what else a page may need.
    Said(String, Map<String, Value>),
    /// The product said no, or failed.
    Core(Error),
    /// A mistake of the page's developer, or nothing there.
    Transport(StatusCode, &'static str),
}

impl Refusal {
    /// A sentence for the person.
    pub fn said(sentence: impl Into<String>) -> Self {
        Self::Said(sentence.into(), Map::new())
    }

    /// A function that is not offered here is not there.
    pub fn unless(is_offered: bool) -> Result<(), Self> {
        if is_offered { Ok(()) } else { Err(Error::NotFound("function").into()) }
    }

    /// With this beside the sentence.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<Value>) -> Self {
        match self {
            Self::Said(sentence, mut more) => {
                more.insert(name.to_owned(), value.into());
                Self::Said(sentence, more)
            }
            other => other,
        }
    }

    /// A field is missing. Told before anything is looked up, so it tells of nobody.
    pub fn blank(field: &'static str, label: &str) -> Self {
        Self::Core(Error::invalid(field, "blank", format!("{label} can't be blank")))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Said(sentence, mut more) => {
                more.insert("error".to_owned(), sentence.into());
                Json(Value::Object(more)).into_response()
            }
            Self::Transport(status, sentence) => (status, Json(json!({ "error": sentence }))).into_response(),
            Self::Core(error) => told(error),
        }
    }
}

/// A failure of the product, logged here, once.
fn told(error: Error) -> Response {
    let (status, body, retry_after) = match error {
        Error::Invalid(fields) | Error::Conflict(fields) => (StatusCode::OK, broken(&fields), None),
        Error::Unauthenticated => (StatusCode::OK, json!({ "error": "Login failed" }), None),
        Error::Limited { retry_after } => {
            let text = "Too many tries. Please wait a few minutes before you try again.";
            (StatusCode::OK, json!({ "error": text, "retry_after": retry_after }), Some(retry_after))
        }
        Error::Unavailable { retry_after } => {
            let text = "Many people are logging in right now. Please try again in a few seconds.";
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "error": text, "retry_after": retry_after }), Some(retry_after))
        }
        Error::NotFound(_) => (StatusCode::NOT_FOUND, json!({ "error": "There is no such function here" }), None),
        Error::Malformed(sentence) | Error::Denied(sentence) => {
            tracing::warn!(sentence, "a call of the LoginRocket API was refused");
            (StatusCode::BAD_REQUEST, json!({ "error": "That did not work. Please try again." }), None)
        }
        Error::Internal(source, place) => {
            tracing::error!(%source, %place, "a call of the LoginRocket API failed");
            let text = "Something went wrong. Please try again in a moment.";
            (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": text }), None)
        }
    };
    let mut response = (status, Json(body)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn broken(fields: &[FieldError]) -> Value {
    json!({ "error": joined(fields), "errors": by_field(fields) })
}
