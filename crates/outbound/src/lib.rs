//! Requests that Gantry itself sends to other servers: webhooks, and those of social logins to their providers.
//!
//! Guarantees of [`Outbound`]: connections only to addresses that the [`Guard`] allows, no redirects, no proxy from the
//! environment, verified certificates, bounded time and bounded responses.

#![warn(missing_docs)]

mod guard;
mod outbound;

pub use guard::{Forbidden, Guard};
pub use outbound::Outbound;
