//! File formats of records.

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
    /// Returns the requested format, or else the one that the file name suggests.
    pub fn of(path: &Path, asked: Option<Self>) -> Self {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        asked.unwrap_or(if is_csv { Self::Csv } else { Self::Jsonl })
    }
}
