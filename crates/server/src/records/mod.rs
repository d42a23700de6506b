//! Files of records, for imports and exports: JSON Lines and CSV.

pub mod bounded;
pub mod cell;
pub mod csv;
pub mod jsonl;
pub mod read;

pub use read::{Parsed, open};
