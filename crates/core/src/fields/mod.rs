//! Fields of a request, read one by one; all validation errors are collected.
//!
//! Guarantees: unknown names are ignored, and listed in [`UnreadNames`]; a value of the wrong type is refused with its
//! field named, never coerced; several errors are reported together, in the order in which they were found; no error
//! repeats a value that was sent.
//!
//! All fields and clients have one rule for empty values: an empty text counts as not sent for words, numbers,
//! booleans, times and secrets, and clears texts, lists and hashes; blanks in lists are dropped. Null clears fields
//! that may be empty, and is refused elsewhere.

mod formats;
mod scalars;
mod sent;
mod unread;

pub use scalars::{TIME_RULE, time_ms};
pub use sent::{Fields, Sent, label};
pub use unread::UnreadNames;
