//! This installation: the proof of its master key and its system realm, created at the first start.

mod rules;
mod store;

pub use rules::{check_ready, is_made, open, prove_master_key};
pub use store::statements;
