//! Request ids: `rq_` and 22 characters, in every response and in each of its log lines.

use axum::http::{HeaderName, HeaderValue};
use gantry_core::Core;
use gantry_crypto::id;

/// Header that contains the request id.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Id of this request.
#[derive(Debug)]
pub struct RequestId(pub String);

impl RequestId {
    /// Generates an id.
    pub fn new(core: &Core) -> Self {
        Self(id::new("rq", core.clock.now_ms(), &core.random))
    }

    /// Returns the id as a header value.
    pub fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}
