//! Lists that are read to their end, one bounded page after the other.

use clap::Args;

/// Rows that are read and printed together.
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

/// How many items may still be read.
pub(super) struct Quota {
    left: Option<u64>,
}

impl Quota {
    pub fn of(options: &ListOptions) -> Self {
        Self { left: options.max }
    }

    /// How many items to read next, as `max_results` has it.
    pub fn page_size(&self) -> String {
        self.left.map_or(PAGE, |left| left.min(PAGE)).to_string()
    }

    /// Takes a page into account. Whether to read another; where only `--max` ends the list, it says so.
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
