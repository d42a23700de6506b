//! Files of records, for imports and exports: JSON Lines and CSV.

pub mod bounded;
pub mod cell;
pub mod csv;
mod format;
pub mod jsonl;
pub mod read;
mod source;

pub use format::Format;
pub use read::{Parsed, lines};
pub use source::Source;
