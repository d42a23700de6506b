//! Webhooks: events posted to a URL of the developer.

mod sending;

pub use sending::Webhooks;
