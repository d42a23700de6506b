//! Converts errors to responses in AuthRocket's format; the only place that does.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gantry_core::{Error, FieldError};
use gantry_web::broken_rules::{by_field, joined};
use serde_json::json;

/// Error response of the API.
#[derive(Debug)]
pub enum Refusal {
    /// The core rejected the request, or failed.
    Core(Error),
    /// The request was rejected before it reached the core.
    Transport(StatusCode, &'static str),
    /// 400 with a sentence.
    BadRequest(String),
    /// 503 with a sentence: another server does not respond.
    Elsewhere(String),
    /// 422 for a failed social login: a sentence, and the URL where it can be retried.
    Code(String, Option<String>),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

/// Status of the response, and the content of its body besides `error`.
struct Told {
    status: StatusCode,
    sentence: String,
    fields: Vec<FieldError>,
    retry_after: Option<u64>,
    retry_url: Option<String>,
}

impl Told {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), fields: Vec::new(), retry_after: None, retry_url: None }
    }
}

impl IntoResponse for Refusal {
    /// Creates the response without the request id, which [`crate::answer`] adds to the body and the header.
    fn into_response(self) -> Response {
        let told = match self {
            Self::Core(error) => told(error),
            Self::Transport(status, sentence) => Told::new(status, sentence),
            Self::BadRequest(sentence) => Told::new(StatusCode::BAD_REQUEST, sentence),
            Self::Elsewhere(sentence) => {
                Told { retry_after: Some(5), ..Told::new(StatusCode::SERVICE_UNAVAILABLE, sentence) }
            }
            Self::Code(sentence, retry_url) => {
                let fields = vec![FieldError::new("base", "refused", sentence.clone())];
                Told { fields, retry_url, ..Told::new(StatusCode::UNPROCESSABLE_ENTITY, sentence) }
            }
        };
        let mut body = json!({ "error": told.sentence });
        if !told.fields.is_empty() {
            body["errors"] = by_field(&told.fields);
            body["message"] = body["error"].clone();
        }
        if let Some(url) = told.retry_url {
            body["retry_url"] = json!(url);
        }
        let mut response = (told.status, Json(body)).into_response();
        if let Some(seconds) = told.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn told(error: Error) -> Told {
    match error {
        Error::NotFound(what) => Told::new(StatusCode::NOT_FOUND, format!("This {what} was not found")),
        Error::Invalid(fields) => {
            Told { fields: fields.clone(), ..Told::new(StatusCode::UNPROCESSABLE_ENTITY, joined(&fields)) }
        }
        Error::Conflict(fields) => Told { fields: fields.clone(), ..Told::new(StatusCode::CONFLICT, joined(&fields)) },
        Error::Malformed(sentence) => Told::new(StatusCode::BAD_REQUEST, sentence),
        Error::Denied(sentence) => Told::new(StatusCode::FORBIDDEN, sentence),
        Error::AlreadySubmitted => Told::new(StatusCode::CONFLICT, "This form was sent before"),
        Error::Unauthenticated => Told::new(StatusCode::UNAUTHORIZED, "Login failed"),
        Error::Limited { retry_after } => Told {
            retry_after: Some(retry_after),
            ..Told::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests, please wait before the next one")
        },
        Error::Unavailable { retry_after } => Told {
            retry_after: Some(retry_after),
            ..Told::new(StatusCode::SERVICE_UNAVAILABLE, "The server is busy, please try again")
        },
        Error::Internal(source, place) => {
            tracing::error!(%source, %place, "a request failed");
            Told::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server")
        }
    }
}
