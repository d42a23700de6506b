//! Signup Tokens: signup data that waits to become a user, or lapses. `user_token` on the wire, where the token is the
//! id; only its hash is kept.

mod rules;
mod store;

pub use rules::{Made, create, find, remove_expired};
pub(crate) use rules::{keep, named, spend};
pub(crate) use store::delete_of_realm;
pub use store::{SignupToken, statements};
