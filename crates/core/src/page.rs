//! One page of a list.

use crate::error::{Error, Result};

/// Text behind every other in byte order: where a descending list begins.
pub(crate) const LAST: &str = "\u{10FFFF}\u{10FFFF}";

/// Rows that upkeep changes in one transaction, so that nobody waits long for it. Statements have it as `LIMIT 200`: with
/// a parameter PostgreSQL expects a tenth of the table, and reads all of it.
pub(crate) const BATCH: u64 = 200;

/// What part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The id of the last item seen.
    pub after: Option<String>,
    /// Most items to return, within the list's bounds.
    pub limit: i64,
    /// The order, one of the list's.
    pub sort: &'static str,
    /// Whether from the last to the first.
    pub descending: bool,
}

/// What a list offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// The orders, the default one first.
    pub sorts: &'static [&'static str],
    /// Whether the default runs from the last to the first.
    pub descending: bool,
    /// Most items per page.
    pub most: i64,
}

/// What a caller asked for, as text.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// `after`
    pub after: Option<&'a str>,
    /// `max_results`
    pub max_results: Option<&'a str>,
    /// `sort`
    pub sort: Option<&'a str>,
    /// `direction`
    pub direction: Option<&'a str>,
}

/// A page's items.
#[derive(Debug)]
pub struct Listed<T> {
    /// In order.
    pub items: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

impl Offer {
    /// The page that was asked for: `max_results` is clamped, an unknown order is refused.
    pub fn page(&self, asked: &Asked<'_>) -> Result<Page> {
        let sort = match asked.sort.map(str::trim).filter(|sort| !sort.is_empty()) {
            None => self.sorts[0],
            Some(sort) => self
                .sorts
                .iter()
                .find(|known| **known == sort)
                .copied()
                .ok_or_else(|| Error::Malformed(format!("sort must be one of {}", self.sorts.join(", "))))?,
        };
        let descending = match asked.direction.map(str::trim).filter(|direction| !direction.is_empty()) {
            None => self.descending,
            Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Error::Malformed("direction must be one of asc, desc".to_owned())),
        };
        let limit = match asked.max_results.map(str::trim).filter(|most| !most.is_empty()) {
            None => 100,
            Some(most) => {
                most.parse().map_err(|_| Error::Malformed("max_results must be a whole number".to_owned()))?
            }
        };
        let after = asked.after.filter(|after| !after.is_empty()).map(str::to_owned);
        Ok(Page { after, limit: limit.clamp(1, self.most), sort, descending })
    }
}

impl Page {
    /// How many rows to read to know whether more follow.
    pub(crate) fn probe(&self) -> i64 {
        self.limit + 1
    }

    /// The same as a count of items.
    pub(crate) fn probe_len(&self) -> usize {
        usize::try_from(self.probe()).unwrap_or(usize::MAX)
    }

    /// The answer to an `after` that cannot be found.
    pub(crate) fn no_such_item() -> Error {
        Error::Malformed("after must be the id of an item of this list".to_owned())
    }

    /// The page of the rows read with [`probe`](Self::probe) as the limit.
    pub(crate) fn listed<T>(&self, mut items: Vec<T>) -> Listed<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Listed { items, more }
    }
}
