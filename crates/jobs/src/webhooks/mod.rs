//! Webhooks: the event, posted to an address of the developer's.

mod sending;

pub use sending::Webhooks;
