//! Human-readable tables.
//!
//! Guarantees: cells are aligned by their width on a terminal, never truncated, and escaped by
//! [`printable`](super::printable).

use unicode_width::UnicodeWidthStr as _;

use super::printable::printable;
use crate::commands::say::say;

/// A table that is printed page by page; its columns widen if a later page needs more room.
pub(super) struct Table<const N: usize> {
    titles: [&'static str; N],
    widths: [usize; N],
    is_begun: bool,
}

impl<const N: usize> Table<N> {
    pub fn new(titles: [&'static str; N]) -> Self {
        Self { titles, widths: titles.map(str::len), is_begun: false }
    }

    /// Prints rows, preceded by the titles at the first call.
    pub fn say(&mut self, rows: &[[String; N]]) -> anyhow::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows: Vec<[String; N]> =
            rows.iter().map(|row| row.each_ref().map(|cell| printable(cell).into_owned())).collect();
        for row in &rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        if !self.is_begun {
            self.is_begun = true;
            say(self.line(self.titles))?;
        }
        rows.iter().try_for_each(|row| say(self.line(row.each_ref().map(String::as_str))))
    }

    fn line(&self, cells: [&str; N]) -> String {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(self.widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// Prints one object with a line for each of its fields.
pub(in crate::commands) fn say_fields(fields: &[(&str, String)]) -> anyhow::Result<()> {
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    fields.iter().try_for_each(|(name, value)| say(format!("{name:width$}  {}", printable(value)).trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_as_a_terminal_shows_them() {
        let mut table = Table::new(["name", "id"]);
        let rows = [["\u{6f22}\u{5b57}".to_owned(), "1".to_owned()], ["e\u{301}\u{1b}".to_owned(), "2".to_owned()]];
        table.say(&rows).expect("printed");
        assert_eq!(table.line(["\u{6f22}\u{5b57}", "1"]), "\u{6f22}\u{5b57}     1", "two columns each");
        assert_eq!(table.line(["e\u{301}\\u{1b}", "2"]), "e\u{301}\\u{1b}  2", "an accent takes none");
        assert_eq!(table.line(["a", ""]), "a");
    }
}
