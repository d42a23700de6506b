//! A list that is printed page by page as it is read, as a table or as a JSON array.

use serde::Serialize;

use super::json::json;
use super::table::Table;
use crate::commands::say::say;

/// Collects and prints one page at a time, so memory is bounded by a page, however long the list is.
pub(in crate::commands) struct Listing<const N: usize> {
    table: Option<Table<N>>,
    rows: Vec<[String; N]>,
    objects: Vec<String>,
    printed: usize,
}

impl<const N: usize> Listing<N> {
    /// Creates a JSON array with one item per line if `as_json`; else a table with these titles.
    pub fn new(as_json: bool, titles: [&'static str; N]) -> Self {
        Self { table: (!as_json).then(|| Table::new(titles)), rows: Vec::new(), objects: Vec::new(), printed: 0 }
    }

    /// Adds an item to the page, as cells or as a JSON object.
    pub fn add(&mut self, cells: impl FnOnce() -> [String; N], object: &impl Serialize) -> anyhow::Result<()> {
        match self.table {
            Some(_) => self.rows.push(cells()),
            None => self.objects.push(json(object)?),
        }
        Ok(())
    }

    /// Prints the page.
    pub fn say_page(&mut self) -> anyhow::Result<()> {
        match &mut self.table {
            Some(table) => table.say(&self.rows)?,
            None => {
                for object in &self.objects {
                    say(format_args!("{}{object}", if self.printed == 0 { "[" } else { "," }))?;
                    self.printed += 1;
                }
            }
        }
        self.rows.clear();
        self.objects.clear();
        Ok(())
    }

    /// Prints the last page and ends the array.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.say_page()?;
        match (self.table, self.printed) {
            (Some(_), _) => Ok(()),
            (None, 0) => say("[]"),
            (None, _) => say("]"),
        }
    }
}
