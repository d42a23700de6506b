//! Opening a file of records.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context;
use gantry_core::FieldError;
use gantry_core::imports::{Line, RecordKind, Refused};

use super::{csv, jsonl};

/// A line of a file.
pub enum Parsed {
    /// With its fields.
    Line(Line),
    /// That cannot be read.
    Refused(Refused),
}

impl Parsed {
    /// A line that cannot be read, and why.
    pub(super) fn unreadable(line: u64, text: String) -> Self {
        Self::Refused(Refused { line, errors: vec![FieldError::new("base", "unreadable", text)] })
    }
}

/// Why a line is refused that is longer than [`LONGEST`](super::bounded::LONGEST).
pub(super) const TOO_LONG: &str = "The line is longer than 1 MiB";

/// The lines of a file, one after the other: CSV where its name ends so, JSON Lines otherwise.
pub fn open(
    path: &Path,
    kind: Option<RecordKind>,
) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<Parsed>> + Send>> {
    let file = BufReader::new(File::open(path).with_context(|| path.display().to_string())?);
    if is_csv(path) {
        let kind = kind.context("a CSV file holds one kind of records: name it with --kind")?;
        return Ok(Box::new(csv::lines(file, kind)?));
    }
    Ok(Box::new(jsonl::lines(file, kind)?))
}

/// Whether the file's name says so.
pub fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}
