//! Signup Tokens: signup data that becomes a user or expires. On the wire this is `user_token`, where the token is the
//! id; only its hash is stored.

mod rules;
mod store;

pub use rules::{Made, create, find, remove_expired};
pub(crate) use rules::{account, keep, named, spend};
pub(crate) use store::delete_of_realm;
pub use store::{SignupToken, statements};
