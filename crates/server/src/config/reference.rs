//! The list of settings, read from `config.default.toml`.
//!
//! Guarantees that this file is the only list: it defines each setting with its comment, its default and, by the
//! default, its type.

use toml::Value;

const TEXT: &str = include_str!("../../config.default.toml");

/// One setting.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name with its table: `password.memory_kib`.
    pub key: String,
    /// Description from the file's comment.
    pub comment: String,
    /// Default value, whose type is the setting's type: text, number or list.
    pub default: Value,
}

impl Entry {
    /// Returns the name of the environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("GANTRY_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// Returns a description of the setting's type.
    pub fn kind(&self) -> &'static str {
        match self.default {
            Value::Integer(_) => "a whole number",
            Value::Array(_) => "a list of texts",
            _ => "a text",
        }
    }
}

/// Returns every setting, in the order of the file.
///
/// # Panics
/// If the compiled-in file is broken, which a test would have found.
pub fn entries() -> Vec<Entry> {
    let values: toml::Table = TEXT.parse().expect("config.default.toml is TOML");
    let (mut entries, mut table, mut comment) = (Vec::new(), String::new(), String::new());
    for line in TEXT.lines() {
        if let Some(text) = line.strip_prefix("# ") {
            comment = if comment.is_empty() { text.to_owned() } else { format!("{comment} {text}") };
        } else if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut table);
        } else if let Some((name, _)) = line.split_once(" = ") {
            let (key, value) = if table.is_empty() {
                (name.to_owned(), values.get(name))
            } else {
                (format!("{table}.{name}"), values.get(&table).and_then(|values| values.get(name)))
            };
            let default = value.expect("the lines are those of the table").clone();
            entries.push(Entry { key, comment: std::mem::take(&mut comment), default });
        } else {
            comment.clear();
        }
    }
    entries
}

/// Returns the one of `names` that is most similar to `name`.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> &'a str {
    names.max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escapes text for a cell of a Markdown table.
    fn cell(text: &str) -> String {
        text.replace('|', "\\|").replace('<', "&lt;")
    }

    #[test]
    fn each_setting_has_one_comment_and_a_default_and_there_are_at_most_40() {
        let entries = entries();
        assert!((20..=40).contains(&entries.len()), "{}", entries.len());
        for entry in &entries {
            assert!(entry.comment.ends_with('.'), "{} has no comment", entry.key);
            assert!(!matches!(entry.default, Value::Table(_) | Value::Float(_) | Value::Boolean(_)), "{}", entry.key);
        }
        let memory = entries.iter().find(|entry| entry.key == "password.memory_kib").expect("the setting");
        assert_eq!(memory.variable(), "GANTRY_PASSWORD_MEMORY_KIB");
        assert_eq!(memory.default, Value::Integer(19_456));
    }

    #[test]
    fn the_guide_has_every_setting() {
        let guide = include_str!("../../../../docs/guide/configuration.md");
        for entry in entries() {
            let line = format!(
                "| `{}` | `{}` | `{}` | {} |",
                entry.key,
                entry.variable(),
                entry.default,
                cell(&entry.comment)
            );
            assert!(guide.lines().any(|there| there == line), "docs/guide/configuration.md lacks the line\n{line}");
        }
        let rows = guide.lines().filter(|line| line.starts_with("| `") && line.contains("` | `GANTRY_")).count();
        assert_eq!(rows, entries().len(), "docs/guide/configuration.md has settings that do not exist");
    }

    #[test]
    fn the_nearest_name_is_found() {
        let names = ["listen", "data", "database_url", "log.level"];
        for (typed, meant) in [("lisen", "listen"), ("databse_url", "database_url"), ("log_level", "log.level")] {
            assert_eq!(nearest(typed, names.into_iter()), meant);
        }
    }
}
