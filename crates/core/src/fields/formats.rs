//! The formats that fields have besides text.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use url::Url;

use super::sent::{Fields, Sent, label};

const LONGEST_URL: usize = 2000;
const MOST_CUSTOM_KEYS: usize = 50;
const MOST_CUSTOM_BYTES: usize = 8 * 1024;

impl Fields {
    /// `true` or `false`.
    pub fn boolean(&mut self, name: &'static str) -> Sent<bool> {
        match self.raw(name) {
            Sent::Value(Value::Bool(value)) => Sent::Value(value),
            Sent::Value(Value::String(text)) if self.is_form() && matches!(&*text, "true" | "1" | "false" | "0") => {
                Sent::Value(matches!(&*text, "true" | "1"))
            }
            Sent::Value(_) => self.wrong(name, "must be true or false"),
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        }
    }

    /// A whole number in this range.
    pub fn integer(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Sent<i64> {
        let number = match self.raw(name) {
            Sent::Value(Value::Number(number)) => number.as_i64(),
            Sent::Value(Value::String(text)) if self.is_form() => text.trim().parse().ok(),
            Sent::Value(_) => None,
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
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

    /// One of a closed set of words.
    pub fn choice(&mut self, name: &'static str, words: &'static [&'static str]) -> Sent<&'static str> {
        match self.raw(name) {
            Sent::Value(Value::String(text)) => match words.iter().find(|word| **word == text) {
                Some(word) => Sent::Value(word),
                None => self.unknown_word(name, words),
            },
            Sent::Value(_) => self.unknown_word(name, words),
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        }
    }

    /// Several of a closed set of words.
    pub fn choices(&mut self, name: &'static str, words: &'static [&'static str]) -> Sent<Vec<&'static str>> {
        let texts = match self.texts(name, words.len() * 2, 64) {
            Sent::Value(texts) => texts,
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        let known = texts.iter().map(|text| words.iter().find(|word| *word == text).copied());
        match known.collect() {
            Some(known) => Sent::Value(known),
            None => self.unknown_word(name, words),
        }
    }

    fn unknown_word<T>(&mut self, name: &'static str, words: &[&str]) -> Sent<T> {
        self.error(name, "inclusion", format!("{} must be one of {}", label(name), words.join(", ")));
        Sent::Absent
    }

    /// One text, or several.
    pub fn texts(&mut self, name: &'static str, most: usize, longest: usize) -> Sent<Vec<String>> {
        let items = match self.raw(name) {
            Sent::Value(Value::Array(items)) => items,
            Sent::Value(Value::String(text)) if text.is_empty() => Vec::new(),
            Sent::Value(text @ Value::String(_)) => vec![text],
            Sent::Value(_) => return self.wrong(name, "must be a list of texts"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        if items.len() > most {
            self.error(name, "too_many", format!("{} has too many entries (at most {most})", label(name)));
            return Sent::Absent;
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let Value::String(text) = item else { return self.wrong(name, "must be a list of texts") };
            if text.chars().any(char::is_control) {
                self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
                return Sent::Absent;
            }
            if text.chars().count() > longest {
                let sentence = format!("{} has an entry that is too long (at most {longest} characters)", label(name));
                self.error(name, "too_long", sentence);
                return Sent::Absent;
            }
            texts.push(text);
        }
        Sent::Value(texts)
    }

    /// Custom attributes: names with scalars or arrays of scalars.
    pub fn custom(&mut self, name: &'static str) -> Sent<Map<String, Value>> {
        let map = match self.raw(name) {
            Sent::Value(Value::Object(map)) => map,
            Sent::Value(Value::Array(items)) if items.is_empty() => Map::new(), // PHP's empty hash
            Sent::Value(Value::String(text)) if self.is_form() && text.is_empty() => Map::new(),
            Sent::Value(_) => return self.wrong(name, "must be a hash"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        let scalar = |value: &Value| !value.is_object() && !value.is_array();
        let simple = |value: &Value| scalar(value) || value.as_array().is_some_and(|items| items.iter().all(scalar));
        if !map.values().all(simple) {
            return self.wrong(name, "may only hold texts, numbers, booleans, nulls and lists of them");
        }
        if map.iter().any(|(key, value)| has_nul(key) || value_has_nul(value)) {
            self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
            return Sent::Absent;
        }
        if map.len() > MOST_CUSTOM_KEYS {
            let sentence = format!("{} has too many keys (at most {MOST_CUSTOM_KEYS})", label(name));
            self.error(name, "too_many", sentence);
            return Sent::Absent;
        }
        if crate::json::to_text(&map).len() > MOST_CUSTOM_BYTES {
            self.error(name, "too_long", format!("{} is too large (at most 8 KiB as JSON)", label(name)));
            return Sent::Absent;
        }
        Sent::Value(map)
    }

    /// An absolute http or https address, without user, password or fragment.
    pub fn url(&mut self, name: &'static str) -> Sent<String> {
        match self.line(name, LONGEST_URL) {
            Sent::Value(text) if text.is_empty() => Sent::Null,
            Sent::Value(text) => match web_address(&text) {
                Some(url) => Sent::Value(url),
                None => self.no_url(name),
            },
            other => other,
        }
    }

    /// Several such addresses.
    pub fn urls(&mut self, name: &'static str, most: usize) -> Sent<Vec<String>> {
        let texts = match self.texts(name, most, LONGEST_URL) {
            Sent::Value(texts) => texts,
            other => return other,
        };
        match texts.iter().map(|text| web_address(text.trim())).collect() {
            Some(urls) => Sent::Value(urls),
            None => self.no_url(name),
        }
    }

    fn no_url<T>(&mut self, name: &'static str) -> Sent<T> {
        self.error(name, "invalid", format!("{} must be an http or https address", label(name)));
        Sent::Absent
    }
}

/// The address as it was sent, if it is one that may be sent to.
fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && !text.contains(['\\', ' ', '\t', '\n', '\r']);
    plain.then(|| text.to_owned())
}

/// PostgreSQL keeps no NUL in text, so nobody may send one.
fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

fn value_has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => has_nul(text),
        Value::Array(items) => items.iter().any(value_has_nul),
        _ => false,
    }
}
