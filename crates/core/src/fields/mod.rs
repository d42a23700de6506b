//! Fields: what a caller sent, read one by one, with every broken rule collected.
//!
//! Guarantees: unknown names are ignored; a value of the wrong type is refused with its field named, never guessed;
//! several errors are reported together, in the order in which they were found; no error repeats what was sent.

mod formats;
mod sent;

pub use sent::{Fields, Sent, label};
