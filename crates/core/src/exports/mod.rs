//! Exports: what an import reads, in pages of one kind after the other.

mod rules;
mod store;

pub use rules::{Cursor, Record, count, page};
pub use store::statements;
