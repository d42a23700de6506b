//! JSON Lines: one object a line, which tells by `object` what it is.

use std::io::{BufRead, Write};

use gantry_core::FieldError;
use gantry_core::exports::Record;
use gantry_core::fields::Fields;
use gantry_core::imports::{Line, RecordKind, Refused};
use gantry_core::words::Word;
use serde_json::Value;

use super::read::Parsed;

/// Longest line, in bytes.
const LONGEST: usize = 1 << 20;

/// The lines of a file; `kind` is what those are that do not tell. Empty lines are passed over.
pub fn lines(file: impl BufRead, kind: Option<RecordKind>) -> impl Iterator<Item = std::io::Result<Parsed>> {
    let numbered = file.split(b'\n').zip(1..);
    numbered.filter_map(move |(line, number)| match line {
        Ok(line) if line.iter().all(u8::is_ascii_whitespace) => None,
        Ok(line) => Some(Ok(parsed(&line, number, kind))),
        Err(error) => Some(Err(error)),
    })
}

fn parsed(line: &[u8], number: u64, kind: Option<RecordKind>) -> Parsed {
    let refused = |text: String| {
        Parsed::Refused(Refused { line: number, errors: vec![FieldError::new("base", "unreadable", text)] })
    };
    if line.len() > LONGEST {
        return refused("The line is longer than 1 MiB".to_owned());
    }
    let map = match serde_json::from_slice(line) {
        Ok(Value::Object(map)) => map,
        Ok(_) => return refused("The line must hold a JSON object".to_owned()),
        Err(error) => return refused(format!("The line is no JSON: {error}")),
    };
    let told = map.get("object").and_then(Value::as_str).map(RecordKind::parse);
    match told.unwrap_or(kind) {
        Some(kind) => Parsed::Line(Line { number, kind, fields: Fields::from_json(map) }),
        None => refused(format!("The field object must be one of {}", RecordKind::TEXTS.join(", "))),
    }
}

/// Writes one record.
pub fn write(file: &mut impl Write, record: &Record) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, record)?;
    file.write_all(b"\n")
}
