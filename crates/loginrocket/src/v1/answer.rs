//! Answers of the LoginRocket API. What a person can bring about is told with status 200 and one sentence for them in
//! `error`, which is how its clients tell it; other statuses are for what is not there and for faults.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::refusal::Refusal;

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
    pub fn saying(sentence: impl Into<String>) -> Self {
        Self::default().with("message", sentence.into())
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
