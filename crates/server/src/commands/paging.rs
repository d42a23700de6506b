//! Lists that are read completely, in bounded pages.

use clap::Args;

/// Number of rows that are read and printed at a time.
const PAGE: u64 = 200;

/// `--max` and `--json`
#[derive(Debug, Clone, Args)]
pub struct ListOptions {
    /// Most items to list [default: all]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub max: Option<u64>,
    /// Print a JSON array of the objects that the API answers
    #[arg(long)]
    pub json: bool,
}

/// Number of items that may still be read under `--max`.
pub(super) struct Quota {
    left: Option<u64>,
}

impl Quota {
    pub fn of(options: &ListOptions) -> Self {
        Self { left: options.max }
    }

    /// Returns the size of the next page as a value for `max_results`.
    pub fn page_size(&self) -> String {
        self.left.map_or(PAGE, |left| left.min(PAGE)).to_string()
    }

    /// Counts a page of `read` items. Returns whether to read another. Prints a note if only `--max` ends the list.
    pub fn goes_on(&mut self, read: usize, more: bool) -> bool {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(read as u64);
        }
        if more && self.left == Some(0) {
            eprintln!("There are more: --max ended the list.");
        }
        more && self.left != Some(0)
    }
}
