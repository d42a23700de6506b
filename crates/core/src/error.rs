//! The error type of all rules: closed, typed, without HTTP.
//!
//! Each surface converts it to a response in one place. The content of [`Error::Internal`] never leaves the process. It
//! is logged once, where the response is created, with the location where the error occurred.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

/// Result of every rule.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Reason why a rule refused a request or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown, or not visible to the caller; the error never reveals which. Holds the kind of resource, e.g. `user`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// One or more fields are invalid.
    #[error("validation failed: {}", sentences(.0))]
    Invalid(Vec<FieldError>),
    /// The request itself is invalid (unknown sort order, no realm given). Holds a sentence for the developer.
    #[error("{0}")]
    Malformed(String),
    /// The current state of the resource forbids this change.
    #[error("conflict: {}", sentences(.0))]
    Conflict(Vec<FieldError>),
    /// The caller is authenticated but lacks the right. Holds a sentence for the developer.
    #[error("{0}")]
    Denied(String),
    /// Wrong password, code or key of an end user.
    #[error("login failed")]
    Unauthenticated,
    /// Another submission of the same form has made the change. This one changed nothing.
    #[error("the form was sent before")]
    AlreadySubmitted,
    /// Rate limit exceeded.
    #[error("too many tries, retry after {retry_after} s")]
    Limited {
        /// Seconds to wait before a retry, at least 1.
        retry_after: u64,
    },
    /// Overload, a database conflict that a retry resolves, or a database that is currently unavailable.
    #[error("unavailable, retry after {retry_after} s")]
    Unavailable {
        /// Seconds to wait before a retry, at least 1.
        retry_after: u64,
    },
    /// A fault of the server, with the location where it was noticed.
    #[error("internal error at {1}: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>, &'static Location<'static>),
}

/// One broken rule of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field on the wire, or `base` if the error belongs to no field.
    pub field: Cow<'static, str>,
    /// Stable machine-readable code: `blank`, `too_long`, `taken`, …
    pub code: &'static str,
    /// Complete sentence that includes the field's name, without a full stop.
    pub text: String,
}

impl Error {
    /// Returns the broken rules. Empty unless the error is `Invalid` or `Conflict`.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) | Self::Conflict(fields) => fields,
            _ => &[],
        }
    }
}

impl FieldError {
    /// Creates a broken rule of a field.
    pub fn new(field: impl Into<Cow<'static, str>>, code: &'static str, text: impl Into<String>) -> Self {
        Self { field: field.into(), code, text: text.into() }
    }
}

impl Error {
    /// Creates an error with a single broken rule.
    pub fn invalid(field: impl Into<Cow<'static, str>>, code: &'static str, text: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, text)])
    }

    /// Creates the error for an unusable token. It does not reveal whether the token is unknown, expired or used.
    pub(crate) fn unusable_token() -> Self {
        Self::invalid("token", "unknown", "Token is unknown, expired or was used before")
    }

    /// Creates an internal error with the caller's source location.
    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into(), Location::caller())
    }
}

impl From<gantry_crypto::password::Busy> for Error {
    fn from(_: gantry_crypto::password::Busy) -> Self {
        Self::Unavailable { retry_after: 1 }
    }
}

fn sentences(errors: &[FieldError]) -> impl fmt::Display {
    errors.iter().map(|e| e.text.as_str()).collect::<Vec<_>>().join("; ")
}
