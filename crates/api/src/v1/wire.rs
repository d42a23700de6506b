//! Shapes that several resources share on the wire.

use axum::Json;
use axum::response::{IntoResponse, Response};
use gantry_core::fields;
use gantry_core::page::Listed;
use gantry_core::words::Word;
use serde::Serialize;

use crate::error::Refusal;

pub use gantry_web::wire::{EventView, Request, Seconds};

/// Response of a list call.
#[derive(Debug, Serialize)]
pub struct Collection<T> {
    more_results: bool,
    next: Option<String>,
    collection: Vec<T>,
}

impl<T: Serialize> Collection<T> {
    /// Responds with a page of items in their wire format.
    pub fn page<S>(listed: &Listed<S>, items: impl Iterator<Item = T>) -> Response {
        let next = listed.next.clone();
        Json(Self { more_results: listed.more, next, collection: items.collect() }).into_response()
    }
}

/// Response of a list call without pages.
#[derive(Debug, Serialize)]
pub struct WholeList<T> {
    more_results: bool,
    collection: Vec<T>,
}

impl<T: Serialize> WholeList<T> {
    /// Responds with all items in their wire format.
    pub fn answer(items: impl Iterator<Item = T>) -> Response {
        Json(Self { more_results: false, collection: items.collect() }).into_response()
    }
}

/// Parses a time of the query, as in bodies. Returns epoch milliseconds.
pub fn milliseconds(name: &str, text: &str) -> Result<i64, Refusal> {
    fields::time_ms(text).ok_or_else(|| Refusal::BadRequest(format!("{name} {}", fields::TIME_RULE)))
}

/// Parses a query parameter that is one of a closed set of words.
pub fn word<W: Word>(name: &str, text: Option<&str>) -> Result<Option<W>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let word = W::parse(text.trim());
    word.map(Some).ok_or_else(|| Refusal::BadRequest(format!("{name} must be one of {}", W::TEXTS.join(", "))))
}
