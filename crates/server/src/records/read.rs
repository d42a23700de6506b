//! Reading a file of records.

use std::io::{BufReader, Read};

use anyhow::Context;
use gantry_core::FieldError;
use gantry_core::imports::{Line, RecordKind, Refused};

use super::{Format, csv, jsonl};

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

/// The lines of a file, one after the other.
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
