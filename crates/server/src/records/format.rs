//! The forms that a file of records can have.

use std::path::Path;

use clap::ValueEnum;

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One object a line
    Jsonl,
    /// A header, then one record a line
    Csv,
}

impl Format {
    /// The form that was asked for, else that of the file's name.
    pub fn of(path: &Path, asked: Option<Self>) -> Self {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        asked.unwrap_or(if is_csv { Self::Csv } else { Self::Jsonl })
    }
}
