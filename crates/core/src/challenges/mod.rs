//! Challenges that a signup has to answer where the realm wants it: some work for the browser, which a person does not
//! notice and a flood of made-up users pays for. No third party is asked.
//!
//! A challenge is not stored: it holds its expiry and a code under a key derived from the master key, bound to realm and
//! Connected App, whose host gave it out. What was answered is stored until then, so each challenge is spent once,
//! whatever else is wrong with the signup.

mod rules;
mod store;
mod work;

pub(crate) use rules::spend;
pub use rules::{issue, remove_expired};
pub use store::statements;
