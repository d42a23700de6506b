//! Loads the configuration from its layers, and prints the settings with their origins.
//!
//! Guarantees that the effective values are shown: derived values as resolved, secrets as `***`.

use std::fmt;

use serde::{Serialize, Serializer};

use super::layers::{Origin, Sources, merge};
use super::reader::{Problems, Reader};
use super::reference;
use super::settings::Config;

/// A usable configuration and where each value comes from. Displayed, it is the table of `gantry config show`.
pub struct Loaded {
    /// The settings.
    pub config: Config,
    rows: Vec<Row>,
}

/// A setting as displayed.
#[derive(Serialize)]
pub struct Row {
    /// Name of the setting.
    #[serde(rename = "setting")]
    key: String,
    /// Effective value; `***` for a secret.
    value: String,
    /// Origin of the value.
    #[serde(rename = "from", serialize_with = "in_words")]
    origin: Origin,
}

fn in_words<S: Serializer>(origin: &Origin, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(origin)
}

impl Loaded {
    /// Returns the rows of the table.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

/// Loads the configuration, or returns all problems with it.
pub fn load(sources: &Sources) -> Result<Loaded, Problems> {
    let (values, mut problems) = merge(sources);
    let mut reader = Reader::new(&values);
    let config = Config::read(&mut reader);
    problems.append(&mut reader.problems);
    let shown = reader.shown;
    let Some(config) = config.filter(|_| problems.is_empty()) else { return Err(Problems(problems)) };
    let rows = reference::entries().into_iter().map(|entry| {
        let layered = &values[&entry.key];
        let plain = || layered.value.as_str().map_or_else(|| layered.value.to_string(), str::to_owned);
        let value = shown.get(entry.key.as_str()).cloned().unwrap_or_else(plain);
        Row { key: entry.key, value, origin: layered.origin.clone() }
    });
    Ok(Loaded { config, rows: rows.collect() })
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: fn(&Row) -> &str, title: &str| {
            self.rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0).max(title.len())
        };
        let (keys, values) = (width(|row| &row.key, "setting"), width(|row| &row.value, "value"));
        writeln!(f, "{:keys$}  {:values$}  from", "setting", "value")?;
        for Row { key, value, origin } in &self.rows {
            writeln!(f, "{key:keys$}  {value:values$}  {origin}")?;
        }
        Ok(())
    }
}
