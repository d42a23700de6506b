//! Exports: records in the import format, read in pages, one kind after the other.

mod rules;
mod store;

pub use rules::{Cursor, Record, count, page};
pub use store::statements;
