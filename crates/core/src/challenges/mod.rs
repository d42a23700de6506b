//! Challenges that a signup must solve if the realm requires it: proof of work in the browser, which a person does not
//! notice but which makes mass signups expensive. No third party is involved.
//!
//! A challenge is not stored: it contains its expiry and a MAC under a key derived from the master key, bound to the
//! realm and the Connected App that issued it. Solved challenges are stored until they expire, so each one is accepted
//! only once, even if the signup fails for another reason.

mod rules;
mod store;
mod work;

pub(crate) use rules::spend;
pub use rules::{issue, remove_expired};
pub use store::statements;
