//! API keys: how an account's servers prove themselves to the API.

mod rules;
mod store;

pub use rules::{NewKey, authenticate, create, list, revoke};
pub use store::{ApiKey, statements};
