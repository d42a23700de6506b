//! Layers of configuration: defaults, a file, `GANTRY_*` variables, flags. Each overrides the ones before.
//!
//! Guarantees: this is the only place that reads the environment; an unknown setting is an error that suggests the
//! nearest name; every value keeps its [`Origin`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::{env, fmt, fs, io};

use toml::Value;

use super::reader::{Problem, Problems};
use super::reference::{self, Entry, nearest};

/// Configuration file that is read by default if it exists.
const USUAL_FILE: &str = "gantry.toml";
const FILE_VARIABLE: &str = "GANTRY_CONFIG";

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `config.default.toml`, or derived from other settings.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable, by name.
    Environment(String),
    /// The command itself, such as `gantry demo`, which fixes some settings.
    Command(&'static str),
    /// A flag of the command line, by name.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => path.display().fmt(f),
            Self::Environment(name) | Self::Flag(name) => f.write_str(name),
            Self::Command(name) => write!(f, "`gantry {name}`"),
        }
    }
}

/// All sources of settings besides the defaults.
#[derive(Clone, Default)]
pub struct Sources {
    /// A configuration file: its path and its content.
    pub file: Option<(PathBuf, String)>,
    /// The environment; empty variables and those without the prefix `GANTRY_` are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// A command that fixes settings, such as `demo`, and those settings.
    pub command: Option<(&'static str, Vec<(&'static str, String)>)>,
    /// Settings given as flags.
    pub flags: Vec<(&'static str, String)>,
}

impl Sources {
    /// Reads the process's environment and the configuration file: `file`, else the one that `GANTRY_CONFIG` names,
    /// else `./gantry.toml` if it exists.
    pub fn gather(file: Option<&Path>) -> Result<Self, Problems> {
        let environment: Vec<_> = env::vars_os().collect();
        let named = environment.iter().find(|(name, path)| name == FILE_VARIABLE && !path.is_empty());
        let asked = file.or(named.map(|(_, path)| Path::new(path)));
        let path = asked.unwrap_or(Path::new(USUAL_FILE));
        let file = match fs::read_to_string(path) {
            Ok(text) => Some((path.to_owned(), text)),
            Err(error) if asked.is_none() && error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Problems(vec![Problem(format!("cannot read {}: {error}", path.display()))])),
        };
        Ok(Self { file, environment, ..Self::default() })
    }
}

/// A value with its origin.
#[derive(Debug, Clone)]
pub(super) struct Layered {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// Returns the value of every setting from the highest layer that has one. The problems cover only unknown names and
/// wrong types.
pub(super) fn merge(sources: &Sources) -> (BTreeMap<String, Layered>, Vec<Problem>) {
    let mut merge = Merge { entries: reference::entries(), values: BTreeMap::new(), problems: Vec::new() };
    for Entry { key, default, .. } in &merge.entries {
        merge.values.insert(key.clone(), Layered { value: default.clone(), origin: Origin::Default });
    }
    if let Some((path, text)) = &sources.file {
        merge.file(path, text);
    }
    merge.environment(&sources.environment);
    if let Some((command, settings)) = &sources.command {
        for (key, text) in settings {
            merge.set_text(key, text, Origin::Command(command));
        }
    }
    for (key, text) in &sources.flags {
        merge.set_text(key, text, Origin::Flag(format!("--{}", key.replace('_', "-"))));
    }
    (merge.values, merge.problems)
}

struct Merge {
    entries: Vec<Entry>,
    values: BTreeMap<String, Layered>,
    problems: Vec<Problem>,
}

impl Merge {
    fn file(&mut self, path: &Path, text: &str) {
        match text.parse::<toml::Table>() {
            Ok(table) => self.table("", table, path),
            // The error's `Display` quotes the line, which may hold a secret.
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
                self.problems.push(Problem(format!("{}, line {line}: {}", path.display(), error.message())));
            }
        }
    }

    fn table(&mut self, prefix: &str, table: toml::Table, path: &Path) {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            if let Some(entry) = self.entries.iter().find(|entry| entry.key == key) {
                self.set(entry.clone(), value, Origin::File(path.to_owned()));
            } else if let Value::Table(inner) = value {
                self.table(&format!("{key}."), inner, path);
            } else {
                let near = nearest(&key, self.entries.iter().map(|entry| entry.key.as_str()));
                let path = path.display();
                self.problems.push(Problem(format!("`{key}` in {path} is no setting; the nearest is `{near}`")));
            }
        }
    }

    fn environment(&mut self, variables: &[(OsString, OsString)]) {
        for (name, text) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("GANTRY_")) else { continue };
            if name == FILE_VARIABLE || text.is_empty() || is_of_kubernetes(name, text) {
                continue;
            }
            let Some(entry) = self.entries.iter().find(|entry| entry.variable() == name) else {
                let names: Vec<_> = self.entries.iter().map(Entry::variable).collect();
                let near = nearest(name, names.iter().map(String::as_str));
                self.problems.push(Problem(format!("the variable {name} is no setting; the nearest is {near}")));
                continue;
            };
            let (key, origin) = (entry.key.clone(), Origin::Environment(name.to_owned()));
            match text.to_str() {
                Some(text) => self.set_text(&key, text, origin),
                None => self.problems.push(Problem(format!("the variable {name} is not UTF-8"))),
            }
        }
    }

    /// Sets a value from plain text, in which lists are separated by commas.
    fn set_text(&mut self, key: &str, text: &str, origin: Origin) {
        let entry = self.entries.iter().find(|entry| entry.key == key).expect("commands and flags name settings");
        let value = match &entry.default {
            Value::Integer(_) => text.trim().parse().map_or_else(|_| Value::String(text.to_owned()), Value::Integer),
            Value::Array(_) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Value::Array(parts.map(Value::from).collect())
            }
            _ => Value::String(text.to_owned()),
        };
        self.set(entry.clone(), value, origin);
    }

    fn set(&mut self, entry: Entry, value: Value, origin: Origin) {
        let fits = match (&entry.default, &value) {
            (Value::Array(_), Value::Array(list)) => list.iter().all(Value::is_str),
            (default, value) => default.same_type(value),
        };
        if fits {
            self.values.insert(entry.key, Layered { value, origin });
        } else {
            self.problems.push(Problem(format!("`{}` has to be {} (from {origin})", entry.key, entry.kind())));
        }
    }
}

/// Returns whether Kubernetes has set the variable. It injects the addresses of services into every container; those of
/// a service named `gantry` look like settings.
fn is_of_kubernetes(name: &str, text: &OsStr) -> bool {
    let is_url = || text.to_str().is_some_and(|text| text.contains("://"));
    name.starts_with("GANTRY_SERVICE_") || name.starts_with("GANTRY_PORT_") || (name == "GANTRY_PORT" && is_url())
}
