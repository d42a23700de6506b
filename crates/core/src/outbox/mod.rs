//! The outbox: mails of an installation that has no SMTP server, kept for the operator to read. Sealed, since they hold
//! one-time tokens.

mod rules;
mod store;

pub use rules::{Mail, keep, list, read, remove_old};
pub use store::statements;
