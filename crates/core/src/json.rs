//! JSON that callers send, and that the database stores as text.
//!
//! Guarantee: an accepted number is returned unchanged. Fractions are binary64 and preserved bit for bit
//! (`float_roundtrip`); whole numbers have 64 bits, and larger ones are refused.

use std::collections::BTreeMap;

use gantry_db::{Cell, Column, Kind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

/// Reason for which a JSON text is refused.
#[derive(Debug, Error)]
pub enum JsonError {
    /// It is not valid JSON.
    #[error("{0}")]
    Syntax(serde_json::Error),
    /// A whole number of more than 64 bits, which few JSON parsers preserve (RFC 8259, section 6).
    #[error(
        "{0} is a whole number that is too large: it must be from -9223372036854775808 to 18446744073709551615; send a larger one as text"
    )]
    TooLarge(String),
}

/// Numbers of up to this many digits always fit into 64 bits.
const FITTING_DIGITS: usize = 18;

/// Parses JSON that a caller sent.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let value = serde_json::from_slice(bytes).map_err(JsonError::Syntax)?;
    let is_long = |digits: &[u8]| digits.len() > FITTING_DIGITS;
    if bytes.split(|byte| !byte.is_ascii_digit()).any(is_long) {
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(JsonError::Syntax)?;
        if let Some(steps) = too_large(raw) {
            return Err(JsonError::TooLarge(steps.into_iter().rev().collect::<Vec<_>>().join(".")));
        }
    }
    Ok(value)
}

/// Returns the path to a whole number that is too large, the last step first.
fn too_large(raw: &RawValue) -> Option<Vec<String>> {
    let text = raw.get();
    let below = |(step, raw): (String, &RawValue)| {
        let mut steps = too_large(raw)?;
        steps.push(step);
        Some(steps)
    };
    match text.as_bytes().first()? {
        b'{' => serde_json::from_str::<BTreeMap<String, &RawValue>>(text).ok()?.into_iter().find_map(below),
        b'[' => {
            let items = serde_json::from_str::<Vec<&RawValue>>(text).ok()?;
            items.into_iter().enumerate().map(|(at, raw)| (at.to_string(), raw)).find_map(below)
        }
        b'-' | b'0'..=b'9' => {
            let is_whole = !text.contains(['.', 'e', 'E']);
            (is_whole && text.parse::<i64>().is_err() && text.parse::<u64>().is_err()).then(Vec::new)
        }
        _ => None,
    }
}

/// A text column that holds a value of this type as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> Column for Json<T> {
    const KIND: Kind = Kind::Text;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).ok().map(Self),
            _ => None,
        }
    }
}

impl<T: Serialize> Json<T> {
    /// Returns the text to store.
    pub(crate) fn text(&self) -> String {
        to_text(&self.0)
    }
}

/// Returns the JSON text of a value; the keys of its maps must be text.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Custom attributes: a JSON object that is returned as it was stored.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Custom(Box<RawValue>);

impl Custom {
    /// Creates attributes from the object that a caller sent.
    pub(crate) fn from_map(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(RawValue::from_string(to_text(map)).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// Creates an empty object.
    pub(crate) fn empty() -> Self {
        Self::from_map(&serde_json::Map::new())
    }

    /// Returns the text to store.
    pub(crate) fn text(&self) -> &str {
        self.0.get()
    }

    /// Returns the attributes as a value.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Column for Custom {
    const KIND: Kind = Kind::Text;
    fn read(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => RawValue::from_string(text.to_owned()).ok().map(Self),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{JsonError, parse};

    #[test]
    fn whole_numbers_beyond_64_bits_are_refused_and_found() {
        for (text, path) in [
            (r#"{"user": {"custom": {"n": 18446744073709551616}}}"#, "user.custom.n"),
            (r#"{"a": "18446744073709551616", "b": [1, -9223372036854775809]}"#, "b.1"),
            (r#"{"a\u0062": 100000000000000000000}"#, "ab"),
        ] {
            match parse(text.as_bytes()) {
                Err(JsonError::TooLarge(found)) => assert_eq!(found, path),
                other => panic!("{text}: {other:?}"),
            }
        }
        for text in [
            "18446744073709551615",
            "-9223372036854775808",
            "1e300",
            "18446744073709551616.0",
            "\"99999999999999999999\"",
        ] {
            assert!(parse(text.as_bytes()).is_ok(), "{text}");
        }
    }

    proptest! {
        /// Rust's own float formatting, which is exact and independent of `serde_json`, is the reference.
        #[test]
        fn fractions_survive_bit_for_bit(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            let read = |text: &str| parse(text.as_bytes()).ok().as_ref().and_then(Value::as_f64).map(f64::to_bits);
            prop_assert_eq!(read(&format!("{number:e}")), Some(number.to_bits()));
            let written = parse(format!("{number:e}").as_bytes()).expect("a number").to_string();
            prop_assert_eq!(read(&written), Some(number.to_bits()));
        }
    }
}
