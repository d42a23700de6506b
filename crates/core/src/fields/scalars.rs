//! Booleans, numbers, times and words. Text is accepted like the JSON type, for forms, queries and clients that send
//! all values as text; an empty text counts as not sent.

use std::ops::RangeInclusive;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use super::sent::{Fields, Sent, label};
use crate::text;

/// End of the year 9999. A later time was most likely sent in milliseconds.
const LATEST_MS: i64 = 253_402_300_799_999;

impl Fields {
    /// Reads a boolean: `true` or `false`, or `1` or `0`.
    pub fn boolean(&mut self, name: &'static str) -> Sent<bool> {
        match self.never_null(name) {
            Sent::Value(value) => match boolean(&value) {
                Some(value) => Sent::Value(value),
                None => self.wrong(name, "must be true or false"),
            },
            Sent::Absent | Sent::Null => Sent::Absent,
        }
    }

    /// Reads a boolean where other values are allowed too: those return `None` without an error.
    pub fn flag(&self, name: &'static str) -> Option<bool> {
        self.filled(name).value().as_ref().and_then(boolean)
    }

    /// Reads a whole number in this range.
    pub fn integer(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Sent<i64> {
        let number = match self.never_null(name) {
            Sent::Value(Value::Number(number)) => number.as_i64(),
            Sent::Value(Value::String(text)) => text.parse().ok(),
            Sent::Value(_) => None,
            Sent::Absent | Sent::Null => return Sent::Absent,
        };
        match number {
            Some(number) if range.contains(&number) => Sent::Value(number),
            Some(_) => {
                let (from, to) = (range.start(), range.end());
                self.error(name, "out_of_range", format!("{} must be from {from} to {to}", label(name)));
                Sent::Absent
            }
            None => self.wrong(name, "must be a whole number"),
        }
    }

    /// Reads a time, sent as epoch seconds or ISO 8601, as epoch milliseconds.
    pub fn time_ms(&mut self, name: &'static str) -> Sent<i64> {
        let time = match self.filled(name) {
            Sent::Value(Value::Number(number)) => number.as_f64().and_then(of_seconds),
            Sent::Value(Value::String(text)) => time_ms(&text),
            Sent::Value(_) => None,
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        match time {
            Some(time) => Sent::Value(time),
            None => self.wrong(name, TIME_RULE),
        }
    }

    /// Reads one of a closed set of words.
    pub fn choice(&mut self, name: &'static str, words: &'static [&'static str]) -> Sent<&'static str> {
        match self.never_null(name) {
            Sent::Value(Value::String(text)) => match words.iter().find(|word| **word == text) {
                Some(word) => Sent::Value(word),
                None => self.unknown_word(name, words),
            },
            Sent::Value(_) => self.unknown_word(name, words),
            Sent::Absent | Sent::Null => Sent::Absent,
        }
    }

    /// Returns the value of a kind for which an empty text counts as not sent. Trims texts.
    fn filled(&self, name: &str) -> Sent<Value> {
        match self.raw(name) {
            Sent::Value(Value::String(text)) => match text::trim(&text) {
                "" => Sent::Absent,
                text => Sent::Value(text.into()),
            },
            other => other,
        }
    }

    /// Returns the value like [`Self::filled`], but refuses null, for fields that always have a value.
    fn never_null(&mut self, name: &'static str) -> Sent<Value> {
        let value = self.filled(name);
        if value == Sent::Null {
            self.required(name, false);
            return Sent::Absent;
        }
        value
    }
}

/// Rule for times, as the end of an error sentence that begins with the field's name.
pub const TIME_RULE: &str = "must be a time: epoch seconds, or ISO 8601 such as 2027-01-01T00:00:00Z";

/// Parses a time as epoch milliseconds. It is written as epoch seconds, with or without a fraction, or as ISO 8601 with
/// its offset; the blanks and the `UTC` of Ruby's `Time#to_s` are accepted too.
pub fn time_ms(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return of_seconds(seconds);
    }
    let iso = text.to_ascii_uppercase().replacen("UTC", "Z", 1).replacen(' ', "T", 1).replace(' ', "");
    let time = OffsetDateTime::parse(&iso, &Iso8601::PARSING).ok()?;
    let ms = i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
    (0..=LATEST_MS).contains(&ms).then_some(ms)
}

fn of_seconds(seconds: f64) -> Option<i64> {
    let ms = (seconds * 1000.0).round();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let is_in_range = (0.0..=LATEST_MS as f64).contains(&ms);
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^53 by the range")]
    is_in_range.then_some(ms as i64)
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Value::String(text) if text == "1" || text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text == "0" || text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use serde_json::json;

    fn fields(value: &Value) -> Fields {
        Fields::from_json(json!({"a_field": value}).as_object().cloned().expect("an object"))
    }

    /// Returns the error sentence about the one field that was sent.
    fn sentence<T>(value: &Value, read: impl Fn(&mut Fields, &'static str) -> Sent<T>) -> String {
        let mut sent = fields(value);
        assert!(read(&mut sent, "a_field").is_absent(), "{value}");
        match sent.finish() {
            Err(Error::Invalid(errors)) if errors.len() == 1 && errors[0].field == "a_field" => errors[0].text.clone(),
            other => panic!("{value}: {other:?}"),
        }
    }

    /// Asserts that an empty text counts as not sent, without an error.
    fn is_as_if_absent<T>(read: impl Fn(&mut Fields, &'static str) -> Sent<T>) {
        for empty in ["", " ", "\t\n"] {
            let mut sent = fields(&json!(empty));
            assert!(read(&mut sent, "a_field").is_absent() && sent.finish().is_ok(), "{empty:?}");
        }
    }

    #[test]
    fn booleans_are_json_text_or_numbers() {
        for (sent, value) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(" True "), true),
            (json!(1), true),
            (json!("1"), true),
            (json!(false), false),
            (json!("FALSE"), false),
            (json!(0), false),
            (json!("0"), false),
        ] {
            assert_eq!(fields(&sent).boolean("a_field"), Sent::Value(value), "{sent}");
            assert_eq!(fields(&sent).flag("a_field"), Some(value), "{sent}");
        }
        for wrong in [json!("yes"), json!(2), json!(1.5), json!([]), json!({})] {
            assert_eq!(sentence(&wrong, Fields::boolean), "A field must be true or false");
            assert_eq!(fields(&wrong).flag("a_field"), None);
        }
        assert_eq!(sentence(&Value::Null, Fields::boolean), "A field can't be blank");
        is_as_if_absent(Fields::boolean);
    }

    #[test]
    fn integers_are_whole_and_in_range() {
        let whole = |fields: &mut Fields, name| fields.integer(name, 0..=1440);
        for (sent, value) in [(json!(0), 0), (json!(1440), 1440), (json!("60"), 60), (json!(" 12\n"), 12)] {
            assert_eq!(whole(&mut fields(&sent), "a_field"), Sent::Value(value), "{sent}");
        }
        for wrong in [json!(1.5), json!("1.5"), json!(true), json!([1]), json!(1e30), json!(u64::MAX), json!("1e3")] {
            assert_eq!(sentence(&wrong, whole), "A field must be a whole number");
        }
        for wrong in [json!(-1), json!("1441")] {
            assert_eq!(sentence(&wrong, whole), "A field must be from 0 to 1440");
        }
        assert_eq!(sentence(&Value::Null, whole), "A field can't be blank");
        is_as_if_absent(whole);
    }

    /// The same instant in the forms that clients write: epoch seconds, RFC 3339, ISO 8601, Ruby's `to_s`, Python's
    /// `isoformat`.
    #[test]
    fn times_are_epoch_seconds_or_iso_8601() {
        let read = |value: &Value| fields(value).time_ms("a_field");
        for text in [
            "1396582483.874",
            " 1396582483.874 ",
            "2014-04-04T03:34:43.874Z",
            "2014-04-04t03:34:43.874z",
            "2014-04-04T05:34:43.874+02:00",
            "2014-04-04T05:34:43.874+0200",
            "20140404T033443.874Z",
            "2014-04-04T03:34:43,874Z",
            "2014-04-03 22:34:43.874 -0500",
            "2014-04-04 03:34:43.874 UTC",
            "2014-04-04 03:34:43.874999+00:00",
        ] {
            assert_eq!(read(&json!(text)), Sent::Value(1_396_582_483_874), "{text}");
        }
        assert_eq!(read(&json!(1_396_582_483.874)), Sent::Value(1_396_582_483_874));
        assert_eq!(read(&json!("2014-04-04 03:34:43 UTC")), read(&json!(1_396_582_483)));
        assert_eq!((read(&json!(0)), read(&Value::Null)), (Sent::Value(0), Sent::Null));
        for wrong in [
            json!(-1),
            json!(1_396_582_483_874_i64),
            json!("2014-04-04"),
            json!("2014-04-04T03:34:43"),
            json!("1969-12-31T23:59:59Z"),
            json!("2014-02-30T00:00:00Z"),
            json!("yesterday"),
            json!("NaN"),
            json!("inf"),
            json!("-inf"),
            json!(1e300),
            json!(true),
            json!({}),
        ] {
            assert_eq!(sentence(&wrong, Fields::time_ms), format!("A field {TIME_RULE}"));
        }
        is_as_if_absent(Fields::time_ms);
    }
}
