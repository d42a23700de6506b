//! Converts layered values to typed ones and collects all mistakes.
//!
//! Guarantees that one run reports every mistake, without revealing a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use toml::Value;

use super::layers::Layered;

/// Settings whose values are never shown, not even in errors.
pub(super) const SECRET: [&str; 3] = ["master_key", "database_url", "mail.smtp_url"];

/// One mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(pub(super) String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every mistake in the configuration; one line each when displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(|problem| problem.0.as_str()).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// Reads typed values, and records problems and the values to show for derived settings.
pub(super) struct Reader<'a> {
    values: &'a BTreeMap<String, Layered>,
    pub(super) problems: Vec<Problem>,
    pub(super) shown: BTreeMap<&'static str, String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a BTreeMap<String, Layered>) -> Self {
        Self { values, problems: Vec::new(), shown: BTreeMap::new() }
    }

    fn value(&self, key: &str) -> &'a Layered {
        self.values.get(key).expect("every setting has at least its default")
    }

    /// Returns the value of a text setting; `layers` has checked its type.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.value(key).value.as_str().unwrap_or_default()
    }

    /// Returns the value of a setting that is a list of texts.
    pub(super) fn list(&self, key: &str) -> Vec<&'a str> {
        self.value(key).value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Returns the value of a numeric setting. Records a problem and returns 0 if it is out of range.
    pub(super) fn number<T: TryFrom<i64> + Default>(&mut self, key: &str, range: RangeInclusive<i64>) -> T {
        let number = self.value(key).value.as_integer().unwrap_or_default();
        let fits = range.contains(&number).then(|| T::try_from(number).ok()).flatten();
        fits.unwrap_or_else(|| {
            self.refuse(key, &format!("has to be between {} and {}", range.start(), range.end()));
            T::default()
        })
    }

    /// Like [`Reader::number`], but 0 stands for `automatic`, which is then shown as the value.
    pub(super) fn number_or(&mut self, key: &'static str, range: RangeInclusive<i64>, automatic: usize) -> usize {
        match self.number(key, range) {
            0 => {
                self.shown.insert(key, automatic.to_string());
                automatic
            }
            number => number,
        }
    }

    /// Parses a text setting. Records a problem and returns `None` if it is not what it `should` be.
    pub(super) fn parsed<T>(&mut self, key: &str, should: &str, parse: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let parsed = parse(self.text(key));
        if parsed.is_none() {
            self.refuse(key, &format!("has to be {should}"));
        }
        parsed
    }

    /// Records that the value of `key` is invalid, and `why`.
    pub(super) fn refuse(&mut self, key: &str, why: &str) {
        let Layered { value, origin } = self.value(key);
        let value = if SECRET.contains(&key) { String::new() } else { format!(", and is {value}") };
        self.problems.push(Problem(format!("`{key}` {why}{value} (from {origin})")));
    }
}
