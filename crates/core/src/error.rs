//! The one error of the product: closed, typed, without HTTP.
//!
//! Surfaces turn it into an answer in one place each. What is inside [`Error::Internal`] never leaves the process;
//! it is logged once, where the answer is made, together with the place it came from.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

/// The result of every rule.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a rule refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Unknown, or not visible to the caller; the two are never told apart. Holds the kind of thing, e.g. `user`.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// One or more fields broke a rule.
    #[error("validation failed: {}", sentences(.0))]
    Invalid(Vec<FieldError>),
    /// The request itself cannot be understood (unknown sort, no realm named). A sentence for the developer.
    #[error("{0}")]
    Malformed(String),
    /// The thing's present state forbids this change.
    #[error("conflict: {}", sentences(.0))]
    Conflict(Vec<FieldError>),
    /// The caller is known but lacks the right. A sentence for the developer.
    #[error("{0}")]
    Denied(String),
    /// Wrong password, code or key of an end user.
    #[error("login failed")]
    Unauthenticated,
    /// Another sending of the same form has made the change: this one made none.
    #[error("the form was sent before")]
    AlreadySubmitted,
    /// Too many tries; seconds until the next one can succeed.
    #[error("too many tries, retry after {retry_after} s")]
    Limited {
        /// Seconds, at least 1.
        retry_after: u64,
    },
    /// Overloaded, a database conflict that a retry resolves, or a database that cannot be used for now; seconds to wait.
    #[error("unavailable, retry after {retry_after} s")]
    Unavailable {
        /// Seconds, at least 1.
        retry_after: u64,
    },
    /// A fault of ours.
    #[error("internal error at {1}: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>, &'static Location<'static>),
}

/// One broken rule of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name on the wire, or `base` when it belongs to none.
    pub field: Cow<'static, str>,
    /// A stable machine-readable word: `blank`, `too_long`, `taken`, …
    pub code: &'static str,
    /// A whole sentence that names the field itself, without a full stop.
    pub text: String,
}

impl Error {
    /// The rules that were broken, if that is it.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) | Self::Conflict(fields) => fields,
            _ => &[],
        }
    }
}

impl FieldError {
    /// One broken rule.
    pub fn new(field: impl Into<Cow<'static, str>>, code: &'static str, text: impl Into<String>) -> Self {
        Self { field: field.into(), code, text: text.into() }
    }
}

impl Error {
    /// A single broken rule as a whole error.
    pub fn invalid(field: impl Into<Cow<'static, str>>, code: &'static str, text: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, text)])
    }

    /// A token that is told as unknown whatever is wrong with it.
    pub(crate) fn unusable_token() -> Self {
        Self::invalid("token", "unknown", "Token is unknown, expired or was used before")
    }

    /// A fault of ours, with the place it was noticed.
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
