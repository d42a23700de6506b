//! The bag of sent values, and its errors.

use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::error::{Error, FieldError, Result};

/// Whether a field was sent, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent<T> {
    /// Not at all (or wrongly, which is then among the errors).
    Absent,
    /// As `null`.
    Null,
    /// As this.
    Value(T),
}

impl<T> Sent<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The field after a partial update: what was not sent stays, `null` clears.
    pub fn patch(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Absent => current,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// Longest secret that is read, in bytes. Far above the longest password, so that its own rule can refuse it.
const LONGEST_SECRET: usize = 4096;

/// What a caller sent.
pub struct Fields {
    map: Map<String, Value>,
    from_form: bool,
    errors: Vec<FieldError>,
}

impl Fields {
    /// From a JSON object.
    pub fn from_json(map: Map<String, Value>) -> Self {
        Self { map, from_form: false, errors: Vec::new() }
    }

    /// From a form, where every scalar is text: `true` and `1` are also booleans, `12` is also a number.
    pub fn from_form(map: Map<String, Value>) -> Self {
        Self { map, from_form: true, errors: Vec::new() }
    }

    /// Nothing yet.
    pub fn empty() -> Self {
        Self::from_json(Map::new())
    }

    /// Sets a field to a text, over what was sent.
    pub fn set(&mut self, name: &str, text: &str) {
        self.map.insert(name.to_owned(), Value::String(text.to_owned()));
    }

    /// Forgets a field.
    pub fn remove(&mut self, name: &str) {
        self.map.remove(name);
    }

    /// Adds a broken rule, once per field and code.
    pub fn error(&mut self, field: &'static str, code: &'static str, sentence: impl Into<String>) {
        if !self.errors.iter().any(|error| error.field == field && error.code == code) {
            self.errors.push(FieldError::new(field, code, sentence));
        }
    }

    /// Whether a rule of this field was broken so far.
    pub fn has_error(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// All broken rules together, or none.
    ///
    /// # Errors
    /// [`Error::Invalid`] with at least one broken rule.
    pub fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors)) }
    }

    /// The value as it was sent.
    pub(super) fn raw(&self, name: &str) -> Sent<Value> {
        match self.map.get(name) {
            None => Sent::Absent,
            Some(Value::Null) => Sent::Null,
            Some(value) => Sent::Value(value.clone()),
        }
    }

    pub(super) fn is_form(&self) -> bool {
        self.from_form
    }

    /// Text of at most this many characters, without control characters other than line breaks and tabs.
    pub fn text(&mut self, name: &'static str, most: usize) -> Sent<String> {
        let text = match self.raw(name) {
            Sent::Value(Value::String(text)) => text,
            Sent::Value(_) => return self.wrong(name, "must be text"),
            Sent::Null => return Sent::Null,
            Sent::Absent => return Sent::Absent,
        };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.error(name, "invalid", format!("{} has characters that are not allowed", label(name)));
            return Sent::Absent;
        }
        if text.chars().count() > most {
            self.error(name, "too_long", format!("{} is too long (at most {most} characters)", label(name)));
            return Sent::Absent;
        }
        Sent::Value(text)
    }

    /// One line of text, without white space around it.
    pub fn line(&mut self, name: &'static str, most: usize) -> Sent<String> {
        match self.text(name, most) {
            Sent::Value(text) if text.trim().contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']) => {
                self.error(name, "invalid", format!("{} must be a single line", label(name)));
                Sent::Absent
            }
            Sent::Value(text) => Sent::Value(text.trim().to_owned()),
            other => other,
        }
    }

    /// A secret, as it was sent.
    pub fn secret(&mut self, name: &'static str) -> Sent<SecretString> {
        match self.raw(name) {
            Sent::Value(Value::String(text)) if text.len() > LONGEST_SECRET => {
                self.error(name, "too_long", format!("{} is too long (at most 256 characters)", label(name)));
                Sent::Absent
            }
            Sent::Value(Value::String(text)) => Sent::Value(SecretString::from(text)),
            Sent::Value(_) => self.wrong(name, "must be text"),
            Sent::Null => Sent::Null,
            Sent::Absent => Sent::Absent,
        }
    }

    pub(super) fn wrong<T>(&mut self, name: &'static str, rule: &str) -> Sent<T> {
        self.error(name, "wrong_type", format!("{} {rule}", label(name)));
        Sent::Absent
    }
}

/// The field's name in words: `session_minutes` is `Session minutes`.
pub fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
