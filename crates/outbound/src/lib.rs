//! Requests that Gantry itself makes to other servers: webhooks, and what social logins ask of their providers.
//!
//! Guarantees, for whoever uses [`Outbound`]: no connection but to an address that the [`Guard`] lets through, no
//! redirect, no proxy from the environment, a verified certificate, a bounded time, and a bounded answer.

#![warn(missing_docs)]

mod guard;
mod outbound;

pub use guard::{Forbidden, Guard};
pub use outbound::Outbound;
