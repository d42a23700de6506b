//! The languages of pages and mails: each is one Fluent file in `locales/`, built into the binary, named by its tag.
//!
//! Guarantees: every language has exactly the messages of English, with identical parameters, and each message is used
//! (`checks` fails otherwise); messages are whole sentences, never concatenated from parts.

mod catalogue;
#[cfg(test)]
mod checks;
mod choice;
mod language;

pub(crate) use catalogue::FALLBACK;
pub use catalogue::Languages;
pub use language::Language;
