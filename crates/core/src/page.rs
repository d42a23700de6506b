//! One page of a list.

mod cursor;

pub use cursor::{After, PageCursor};
pub(crate) use cursor::{Listable, PageStart, SortKey};

use crate::error::{Error, Result};

/// Text behind every other in byte order: where a descending list begins.
pub(crate) const LAST: &str = "\u{10FFFF}\u{10FFFF}";

/// Rows that upkeep changes in one transaction, so that nobody waits long for it. Statements have it as `LIMIT 200`: with
/// a parameter PostgreSQL expects a tenth of the table, and reads all of it.
pub(crate) const BATCH: u64 = 200;

/// What part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Behind what it begins; none: at the beginning of the list.
    pub after: Option<After>,
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
    /// Where the next page begins, if more follow: an opaque `after`.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// The page with each item as something else.
    pub(crate) fn with<U>(self, change: impl FnMut(T) -> Result<U>) -> Result<Listed<U>> {
        let Self { items, more, next } = self;
        Ok(Listed { items: items.into_iter().map(change).collect::<Result<_>>()?, more, next })
    }
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
        let after = match asked.after.filter(|after| !after.is_empty()) {
            None => None,
            Some(text) => match PageCursor::parse(text) {
                Some(place) => Some(After::Place(place?)),
                None => Some(After::Item(text.to_owned())),
            },
        };
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
        Error::Malformed("after must be the next of a page of this list, or the id of an item of it".to_owned())
    }

    /// The page of the rows read with [`probe`](Self::probe) as the limit.
    pub(crate) fn listed<T: Listable>(&self, items: Vec<T>) -> Listed<T> {
        self.listed_behind(items, |item| PageCursor::behind(item, self.sort))
    }

    /// The same where the place behind an item depends on more than the order.
    pub(crate) fn listed_behind<T>(&self, mut items: Vec<T>, behind: impl Fn(&T) -> PageCursor) -> Listed<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| behind(last).opaque());
        Listed { items, more, next }
    }
}
