//! Pagination of lists.

mod cursor;

pub use cursor::{After, PageCursor};
pub(crate) use cursor::{Listable, PageStart, SortKey};

use crate::error::{Error, Result};

/// Text that sorts after every other in byte order: the start of a descending list.
pub(crate) const LAST: &str = "\u{10FFFF}\u{10FFFF}";

/// Rows that upkeep changes in one transaction, so that other transactions do not wait long for it. Statements
/// contain it as `LIMIT 200`: with a parameter, PostgreSQL assumes a tenth of the table and reads all of it.
pub(crate) const BATCH: u64 = 200;

/// Requested part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Position after which the page begins; `None` begins at the start of the list.
    pub after: Option<After>,
    /// Maximum number of items, within the list's bounds.
    pub limit: i64,
    /// Sort order, one of those that the list supports.
    pub sort: &'static str,
    /// Returns the items in descending order if true.
    pub descending: bool,
}

/// Sort orders and page size that a list supports.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// Supported sort orders, the default first.
    pub sorts: &'static [&'static str],
    /// Whether the default direction is descending.
    pub descending: bool,
    /// Maximum number of items per page.
    pub most: i64,
}

/// Pagination parameters as the caller sent them.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// Value of `after`.
    pub after: Option<&'a str>,
    /// Value of `max_results`.
    pub max_results: Option<&'a str>,
    /// Value of `sort`.
    pub sort: Option<&'a str>,
    /// Value of `direction`.
    pub direction: Option<&'a str>,
}

/// Items of one page.
#[derive(Debug)]
pub struct Listed<T> {
    /// Items in the requested order.
    pub items: Vec<T>,
    /// Whether more items follow.
    pub more: bool,
    /// Opaque `after` value of the next page, if more items follow.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// Returns the page with each item converted.
    pub(crate) fn with<U>(self, change: impl FnMut(T) -> Result<U>) -> Result<Listed<U>> {
        let Self { items, more, next } = self;
        Ok(Listed { items: items.into_iter().map(change).collect::<Result<_>>()?, more, next })
    }
}

impl Offer {
    /// Parses the requested page. Clamps `max_results` and refuses an unknown sort order.
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
    /// Returns how many rows to read to learn whether more follow.
    pub(crate) fn probe(&self) -> i64 {
        self.limit + 1
    }

    /// Returns [`probe`](Self::probe) as a count of items.
    pub(crate) fn probe_len(&self) -> usize {
        usize::try_from(self.probe()).unwrap_or(usize::MAX)
    }

    /// Returns the error for an `after` whose item does not exist.
    pub(crate) fn no_such_item() -> Error {
        Error::Malformed("after must be the next of a page of this list, or the id of an item of it".to_owned())
    }

    /// Returns the page of the rows that were read with [`probe`](Self::probe) as the limit.
    pub(crate) fn listed<T: Listable>(&self, items: Vec<T>) -> Listed<T> {
        self.listed_behind(items, |item| PageCursor::behind(item, self.sort))
    }

    /// Returns the page like [`listed`](Self::listed), where the position after an item depends on more than the sort
    /// order.
    pub(crate) fn listed_behind<T>(&self, mut items: Vec<T>, behind: impl Fn(&T) -> PageCursor) -> Listed<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| behind(last).opaque());
        Listed { items, more, next }
    }
}
