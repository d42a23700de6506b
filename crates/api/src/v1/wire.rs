//! Shapes that several resources share on the wire.

use axum::Json;
use axum::response::{IntoResponse, Response};
use gantry_core::words::Word;
use serde::{Serialize, Serializer};

use crate::error::Refusal;

/// Epoch milliseconds, on the wire epoch seconds with a fraction.
#[derive(Debug, Clone, Copy)]
pub struct Seconds(pub i64);

impl Serialize for Seconds {
    #[expect(clippy::cast_precision_loss, reason = "exact for the next 280,000 years")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

/// The end user's address and client: `request`.
#[derive(Debug, Serialize)]
pub struct Request<'a> {
    /// Address.
    pub ip: Option<&'a str>,
    /// User agent or app name.
    pub client: Option<&'a str>,
}

/// A list's answer.
#[derive(Debug, Serialize)]
pub struct Collection<T> {
    more_results: bool,
    collection: Vec<T>,
}

impl<T: Serialize> Collection<T> {
    /// The page's items as they look on the wire.
    pub fn answer(more_results: bool, items: impl Iterator<Item = T>) -> Response {
        Json(Self { more_results, collection: items.collect() }).into_response()
    }
}

/// A query's epoch seconds, with or without a fraction, as milliseconds.
pub fn milliseconds(name: &str, text: &str) -> Result<i64, Refusal> {
    let seconds: f64 = text
        .parse()
        .ok()
        .filter(|seconds: &f64| seconds.abs() < 1e12)
        .ok_or_else(|| Refusal::BadRequest(format!("{name} must be a time in epoch seconds")))?;
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Ok((seconds * 1000.0).round() as i64)
}

/// A query's word, one of a closed set.
pub fn word<W: Word>(name: &str, text: Option<&str>) -> Result<Option<W>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let word = W::parse(text);
    word.map(Some).ok_or_else(|| Refusal::BadRequest(format!("{name} must be one of {}", W::TEXTS.join(", "))))
}
