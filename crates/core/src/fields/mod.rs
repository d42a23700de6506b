//! Fields: what a caller sent, read one by one, with every broken rule collected.
//!
//! Guarantees: unknown names are ignored, and known as such ([`UnreadNames`]); a value of the wrong type is refused with
//! its field named, never guessed; several errors are reported together, in the order in which they were found; no error
//! repeats what was sent.
//!
//! One rule for what is empty, whatever the field and whoever sends it: an empty text counts as not sent for words,
//! numbers, booleans, times and secrets, and clears texts, lists and hashes; blanks in lists are dropped. Null clears what
//! may be empty, and is refused elsewhere.

mod formats;
mod scalars;
mod sent;
mod unread;

pub use scalars::{TIME_RULE, time_ms};
pub use sent::{Fields, Sent, label};
pub use unread::UnreadNames;
