//! Webhooks: the event, posted to an address of the developer's.

mod guard;
mod sending;

pub use guard::Guard;
pub use sending::Webhooks;
