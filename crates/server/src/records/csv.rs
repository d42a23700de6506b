//! CSV: a header with the fields' names, one kind of record per file. `custom` holds JSON, or each `custom.<key>` a
//! text; `permissions` are separated by spaces.

use std::io::{BufRead, Write};

use anyhow::bail;
use gantry_core::exports::Record;
use gantry_core::fields::Fields;
use gantry_core::imports::{Line, RecordKind};
use gantry_core::json::{self, JsonError};
use gantry_core::text;
use serde_json::{Map, Value};

use super::bounded::{BoundedRecords, RawRecord, Syntax};
use super::cell;
use super::read::{Parsed, TOO_LONG};

/// Returns the columns of an export, in order.
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

/// Reads the header and returns an iterator over the records of a file.
pub fn lines(file: impl BufRead, kind: RecordKind) -> anyhow::Result<impl Iterator<Item = std::io::Result<Parsed>>> {
    let mut records = BoundedRecords::new(file, Syntax::Csv)?;
    let header = match records.next().transpose()? {
        Some(RawRecord { bytes: Some(bytes), .. }) => row(&bytes)?,
        Some(RawRecord { bytes: None, .. }) => bail!("the header is longer than 1 MiB"),
        None => bail!("the file is empty: its first line must name the fields"),
    };
    let header: Vec<String> = header.iter().map(text::line).collect();
    // Reported once instead of for each line.
    let is_known = |name: &str| name.starts_with("custom.") || kind.fields().contains(&name);
    if let Some(stranger) = header.iter().find(|name| !is_known(name)) {
        bail!("the header is wrong: {}", kind.has_no(stranger));
    }
    Ok(records.map(move |record| record.map(|record| parsed(&header, &record, kind))))
}

/// Parses the cells of one record.
fn row(bytes: &[u8]) -> ::csv::Result<::csv::StringRecord> {
    let mut options = ::csv::ReaderBuilder::new();
    let mut reader = options.has_headers(false).buffer_capacity(bytes.len().max(1)).from_reader(bytes);
    let mut row = ::csv::StringRecord::new();
    reader.read_record(&mut row)?;
    Ok(row)
}

fn parsed(header: &[String], record: &RawRecord, kind: RecordKind) -> Parsed {
    let number = record.line;
    let Some(bytes) = &record.bytes else { return Parsed::unreadable(number, TOO_LONG.to_owned()) };
    let row = match row(bytes) {
        Ok(row) if row.len() == header.len() => row,
        Ok(row) => {
            let text = format!("The line has {} cells, where the header has {}", row.len(), header.len());
            return Parsed::unreadable(number, text);
        }
        Err(_) => return Parsed::unreadable(number, "The line is not UTF-8".to_owned()),
    };
    let (mut map, mut custom) = (Map::new(), Map::new());
    for (name, text) in header.iter().zip(&row).filter(|(_, text)| !text.is_empty()) {
        let text = cell::meant(text);
        if let Some(key) = name.strip_prefix("custom.") {
            custom.insert(key.to_owned(), text.into());
        } else if name == "custom" {
            match json::parse(text.as_bytes()) {
                Ok(value) => map.insert(name.to_owned(), value),
                // Text that is not JSON is left to the validation of custom attributes.
                Err(JsonError::Syntax(_)) => map.insert(name.to_owned(), text.into()),
                Err(error @ JsonError::TooLarge(_)) => return Parsed::unreadable(number, format!("custom: {error}")),
            };
        } else if name == "permissions" {
            map.insert(name.to_owned(), text.split_whitespace().collect::<Vec<_>>().into());
        } else {
            map.insert(name.to_owned(), text.into());
        }
    }
    if !custom.is_empty() {
        map.insert("custom".to_owned(), Value::Object(custom));
    }
    Parsed::Line(Line { number, kind, fields: Fields::from_json(map) })
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
