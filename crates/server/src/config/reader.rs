//! From a layered value to a typed one, and the list of everything that is wrong.
//!
//! Guarantees that a run of the program names every mistake at once, and never shows a secret while doing so.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use toml::Value;

use super::layers::Layered;

/// Settings whose value is not shown, not even in an error.
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

/// Reads typed values and takes note of what is wrong, and of what to show for a value that is worked out.
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

    /// The value of a setting that is a text; the layers have checked that it is.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.value(key).value.as_str().unwrap_or_default()
    }

    /// The value of a setting that is a list of texts.
    pub(super) fn list(&self, key: &str) -> Vec<&'a str> {
        self.value(key).value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The value of a setting that is a number, or 0 with a note where it is out of range.
    pub(super) fn number<T: TryFrom<i64> + Default>(&mut self, key: &str, range: RangeInclusive<i64>) -> T {
        let number = self.value(key).value.as_integer().unwrap_or_default();
        let fits = range.contains(&number).then(|| T::try_from(number).ok()).flatten();
        fits.unwrap_or_else(|| {
            self.refuse(key, &format!("has to be between {} and {}", range.start(), range.end()));
            T::default()
        })
    }

    /// Like [`Reader::number`], where 0 stands for `automatic`, which is then what is shown.
    pub(super) fn number_or(&mut self, key: &'static str, range: RangeInclusive<i64>, automatic: usize) -> usize {
        match self.number(key, range) {
            0 => {
                self.shown.insert(key, automatic.to_string());
                automatic
            }
            number => number,
        }
    }

    /// The value that a text stands for, or a note that says what it `should` be.
    pub(super) fn parsed<T>(&mut self, key: &str, should: &str, parse: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let parsed = parse(self.text(key));
        if parsed.is_none() {
            self.refuse(key, &format!("has to be {should}"));
        }
        parsed
    }

    /// Notes that the value of `key` is not usable, and `why`.
    pub(super) fn refuse(&mut self, key: &str, why: &str) {
        let Layered { value, origin } = self.value(key);
        let value = if SECRET.contains(&key) { String::new() } else { format!(", and is {value}") };
        self.problems.push(Problem(format!("`{key}` {why}{value} (from {origin})")));
    }
}
