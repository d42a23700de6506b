//! CSV: a header with the fields' names, one kind a file. `custom` holds JSON, or `custom.<key>` a text each;
//! `permissions` are parted by spaces.

use std::io::{Read, Write};

use anyhow::bail;
use gantry_core::FieldError;
use gantry_core::exports::Record;
use gantry_core::fields::Fields;
use gantry_core::imports::{Line, RecordKind, Refused};
use serde_json::{Map, Value};

use super::cell;
use super::read::Parsed;

/// The columns of an export, in their order.
pub fn columns(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::User => &[
            "username",
            "user_type",
            "state",
            "reference",
            "email",
            "email_verification",
            "first_name",
            "last_name",
            "name",
            "created_at",
            "last_login_at",
            "password_hash",
            "custom",
        ],
        RecordKind::Org => &["name", "state", "reference", "created_at", "custom"],
        RecordKind::Membership => {
            &["user", "org", "org_reference", "permissions", "expires_at", "created_at", "custom"]
        }
        RecordKind::Credential => {
            &["user", "credential_type", "name", "state", "api_key_hash", "otp_secret", "created_at"]
        }
    }
}

/// The lines of a file.
pub fn lines(file: impl Read, kind: RecordKind) -> anyhow::Result<impl Iterator<Item = std::io::Result<Parsed>>> {
    let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::Headers).from_reader(file);
    let header = reader.headers()?.clone();
    // Told once and not of each line.
    let is_known = |name: &str| name.starts_with("custom.") || kind.fields().contains(&name);
    if let Some(stranger) = header.iter().find(|name| !is_known(name)) {
        bail!("the header is wrong: {}", kind.has_no(stranger));
    }
    let lines = reader.into_records().map(move |row| match row {
        Ok(row) => Ok(parsed(&header, &row, kind)),
        Err(error) if error.is_io_error() => Err(std::io::Error::other(error)),
        Err(error) => {
            let line = error.position().map_or(0, ::csv::Position::line);
            let text = format!("The line is no CSV of this header: {error}");
            Ok(Parsed::Refused(Refused { line, errors: vec![FieldError::new("base", "unreadable", text)] }))
        }
    });
    Ok(lines)
}

fn parsed(header: &::csv::StringRecord, row: &::csv::StringRecord, kind: RecordKind) -> Parsed {
    let number = row.position().map_or(0, ::csv::Position::line);
    let (mut map, mut custom) = (Map::new(), Map::new());
    for (name, text) in header.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
        let text = cell::meant(text);
        if let Some(key) = name.strip_prefix("custom.") {
            custom.insert(key.to_owned(), text.into());
        } else if name == "custom" {
            // What is no JSON is left to the rule for custom attributes.
            map.insert(name.to_owned(), serde_json::from_str(text).unwrap_or_else(|_| text.into()));
        } else if name == "permissions" {
            map.insert(name.to_owned(), text.split_whitespace().collect::<Vec<_>>().into());
        } else {
            map.insert(name.to_owned(), text.into());
        }
    }
    if !custom.is_empty() {
        map.insert("custom".to_owned(), Value::Object(custom));
    }
    Parsed::Line(Line { number, kind, fields: Fields::from_form(map) })
}

/// Writes the header of an export.
pub fn write_header(file: &mut ::csv::Writer<impl Write>, kind: RecordKind) -> ::csv::Result<()> {
    file.write_record(columns(kind))
}

/// Writes one record.
pub fn write(file: &mut ::csv::Writer<impl Write>, kind: RecordKind, record: &Record) -> ::csv::Result<()> {
    let cells = columns(kind).iter().map(|name| match record.get(*name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => cell::guarded(text),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Some(value) => value.to_string(),
    });
    file.write_record(cells)
}
