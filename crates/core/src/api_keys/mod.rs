//! API keys: authenticate an account's servers to the API.

mod rules;
mod store;

pub use rules::{KeyCheck, NewKey, authenticate, create, list, revoke};
pub use store::{ApiKey, statements};
