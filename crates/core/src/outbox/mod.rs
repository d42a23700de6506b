//! Outbox: emails of an installation without an SMTP server, kept for the operator to read. They are sealed, because
//! they contain one-time tokens.

mod rules;
mod store;

pub use rules::{Mail, keep, list, read, remove_old};
pub use store::statements;
