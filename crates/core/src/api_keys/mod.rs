//! API keys: how an account's servers prove themselves to the API.

mod rules;
mod store;

pub use rules::{KeyCheck, NewKey, authenticate, create, list, revoke};
pub use store::{ApiKey, statements};
