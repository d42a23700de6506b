//! This installation: its master key's proof and its system realm, made at the first start.

mod rules;
mod store;

pub use rules::{check_ready, is_made, open, prove_master_key};
pub use store::statements;
