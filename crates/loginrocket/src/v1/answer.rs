//! Responses of the LoginRocket API. An error that a user can cause has status 200 and a sentence for the user in
//! `error`, as its clients expect; other statuses are for missing resources and for faults.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Result of a call.
pub type Outcome = Result<Answer, Refusal>;

/// A success response.
#[derive(Debug, Default)]
pub struct Answer {
    body: Map<String, Value>,
    cookies: Vec<HeaderValue>,
}

impl Answer {
    /// Creates a response with a `message` for the user.
    pub fn saying(sentence: impl Into<String>) -> Self {
        Self::default().with("message", sentence.into())
    }

    /// Adds a member to the body.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    /// Adds cookies.
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
