//! The languages of pages and mails: each is one Fluent file in `locales/`, built into the binary, named by its tag.
//!
//! Guarantees: every language says everything that English says, with the same parameters, and nothing is said nowhere
//! (`checks` fails otherwise); a word is looked up, never put together from parts of sentences.

mod catalogue;
#[cfg(test)]
mod checks;
mod choice;
mod language;

pub(crate) use catalogue::FALLBACK;
pub use catalogue::Languages;
pub use language::Language;
