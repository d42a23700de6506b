//! Output of commands: lines, tables, JSON. None of it can move a terminal's cursor or change its colours.

mod json;
mod listing;
mod printable;
mod refusal;
mod table;

pub(super) use json::say_json;
pub(super) use listing::Listing;
pub use printable::printable;
pub(super) use refusal::explain;
pub(super) use table::say_fields;
