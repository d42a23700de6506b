//! JSON Lines: one object per line, whose field `object` names its kind.

use std::io::{BufRead, Write};

use gantry_core::exports::Record;
use gantry_core::fields::Fields;
use gantry_core::imports::{Line, RecordKind};
use gantry_core::json::{self, JsonError};
use gantry_core::words::Word;
use serde_json::Value;

use super::bounded::{BoundedRecords, RawRecord, Syntax};
use super::read::{Parsed, TOO_LONG};

/// Returns an iterator over the records of a file. `kind` is the kind of records that do not name one. Empty lines are
/// skipped.
pub fn lines(
    file: impl BufRead,
    kind: Option<RecordKind>,
) -> std::io::Result<impl Iterator<Item = std::io::Result<Parsed>>> {
    let records = BoundedRecords::new(file, Syntax::Lines)?;
    Ok(records.map(move |record| record.map(|record| parsed(&record, kind))))
}

fn parsed(record: &RawRecord, kind: Option<RecordKind>) -> Parsed {
    let number = record.line;
    let refused = |text: String| Parsed::unreadable(number, text);
    let Some(line) = &record.bytes else { return refused(TOO_LONG.to_owned()) };
    let map = match json::parse(line) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return refused("The line must hold a JSON object".to_owned()),
        Err(JsonError::Syntax(error)) => return refused(format!("The line is no JSON: {error}")),
        Err(error @ JsonError::TooLarge(_)) => return refused(error.to_string()),
    };
    let told = map.get("object").and_then(Value::as_str).map(RecordKind::parse);
    match told.unwrap_or(kind) {
        Some(kind) => Parsed::Line(Line { number, kind, fields: Fields::from_json(map) }),
        None => refused(format!("The field object must be one of {}", RecordKind::TEXTS.join(", "))),
    }
}

/// Writes one record as a line of JSON.
pub fn write(file: &mut impl Write, record: &Record) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, record)?;
    file.write_all(b"\n")
}
