//! Reads records from a file in either format.

use std::io::{BufReader, Read};

use anyhow::Context;
use gantry_core::FieldError;
use gantry_core::imports::{Line, RecordKind, Refused};

use super::{Format, csv, jsonl};

/// Result of parsing one record.
pub enum Parsed {
    /// A record with its fields.
    Line(Line),
    /// A record that cannot be parsed, with the reason.
    Refused(Refused),
}

impl Parsed {
    /// Creates a refusal of the line, with the reason.
    pub(super) fn unreadable(line: u64, text: String) -> Self {
        Self::Refused(Refused { line, errors: vec![FieldError::new("base", "unreadable", text)] })
    }
}

/// Reason for refusing a line longer than [`LONGEST`](super::bounded::LONGEST).
pub(super) const TOO_LONG: &str = "The line is longer than 1 MiB";

/// Returns an iterator over the records of a file.
pub fn lines(
    file: impl Read + Send + 'static,
    format: Format,
    kind: Option<RecordKind>,
) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<Parsed>> + Send>> {
    let file = BufReader::new(file);
    match format {
        Format::Csv => {
            let kind = kind.context("a CSV file holds one kind of records: name it with --kind")?;
            Ok(Box::new(csv::lines(file, kind)?))
        }
        Format::Jsonl => Ok(Box::new(jsonl::lines(file, kind)?)),
    }
}
