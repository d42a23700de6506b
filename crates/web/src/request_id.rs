//! Request ids: `rq_` and 22 characters, on every answer and in every log line about it.

use axum::http::{HeaderName, HeaderValue};
use gantry_core::Core;
use gantry_crypto::id;

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// This request's id.
#[derive(Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// A fresh one.
    pub fn new(core: &Core) -> Self {
        Self(id::new("rq", core.clock.now_ms(), &core.random))
    }

    /// As a header's value.
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}
