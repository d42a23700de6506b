//! Cursors: positions in lists after which a page begins.
//!
//! Guarantee: a cursor is a sort key and an id, not a row. It stays in place when its row is deleted, renamed or used
//! to log in, so pagination neither stops nor skips items nor starts over.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{LAST, Page};
use crate::error::{Error, Result};

/// Begins every opaque cursor; no id has this character.
const MARK: char = '~';
/// Maximum length of an opaque cursor: a name of 255 four-byte characters fits in base64.
const LONGEST: usize = 4096;

/// Sort key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortKey {
    /// Epoch milliseconds.
    Number(i64),
    /// A name.
    Text(String),
}

/// Position after an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageCursor {
    /// Sort order in which the item was listed.
    #[serde(rename = "s")]
    pub(crate) sort: String,
    /// Key of the item in that order.
    #[serde(rename = "k")]
    pub(crate) key: SortKey,
    /// Id of the item, which separates items with equal keys.
    #[serde(rename = "i")]
    pub(crate) id: String,
}

/// Item of a list.
pub(crate) trait Listable {
    /// Returns the id of the item.
    fn id(&self) -> &str;

    /// Returns the key of the item in an order other than `id`.
    fn sort_key(&self, _sort: &str) -> SortKey {
        SortKey::Text(String::new())
    }
}

impl PageCursor {
    /// Returns the position after this item in this order.
    pub(crate) fn behind(item: &impl Listable, sort: &str) -> Self {
        Self { sort: sort.to_owned(), key: item.sort_key(sort), id: item.id().to_owned() }
    }

    /// Returns the opaque text that responses contain.
    pub(crate) fn opaque(&self) -> String {
        format!("{MARK}{}", URL_SAFE_NO_PAD.encode(crate::json::to_text(self)))
    }

    /// Parses an opaque cursor. Returns `None` for any other text, such as an id.
    pub(super) fn parse(text: &str) -> Option<Result<Self>> {
        let encoded = text.strip_prefix(MARK)?;
        let decoded = (text.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.decode(encoded).ok()).flatten();
        let cursor = decoded.and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        Some(cursor.filter(Self::is_storable).ok_or_else(Page::no_such_item))
    }

    /// Returns whether databases can compare the key and the id: PostgreSQL stores no NUL in text.
    fn is_storable(&self) -> bool {
        let has_nul = matches!(&self.key, SortKey::Text(text) if text.contains('\0')) || self.id.contains('\0');
        !has_nul
    }
}

/// Start of a page in the form in which the database compares it.
#[derive(Debug)]
pub(crate) struct PageStart {
    descending: bool,
    place: Option<PageCursor>,
}

impl PageStart {
    /// Returns the text after which the page begins.
    pub(crate) fn text(&self) -> &str {
        match &self.place {
            Some(PageCursor { key: SortKey::Text(text), .. }) => text,
            _ => self.edge(),
        }
    }

    /// Returns the number after which the page begins.
    pub(crate) fn number(&self) -> i64 {
        match &self.place {
            Some(PageCursor { key: SortKey::Number(number), .. }) => *number,
            _ if self.descending => i64::MAX,
            _ => -1,
        }
    }

    /// Returns the id after which the page begins.
    pub(crate) fn id(&self) -> &str {
        self.place.as_ref().map_or(self.edge(), |place| &place.id)
    }

    fn edge(&self) -> &str {
        if self.descending { LAST } else { "" }
    }
}

/// Value that a caller sent as `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Id of an item.
    Item(String),
    /// `next` of the previous page.
    Place(PageCursor),
}

impl Page {
    /// Returns the id of the item that must be read for its sort key, if any.
    pub(crate) fn item_to_find(&self) -> Option<&str> {
        match &self.after {
            Some(After::Item(id)) if self.sort != "id" => Some(id),
            _ => None,
        }
    }

    /// Returns the start of the page; `found` is the item of [`item_to_find`](Self::item_to_find).
    ///
    /// # Errors
    /// [`Error::Malformed`] if that item does not exist, or the cursor belongs to another sort order.
    pub(crate) fn start<T: Listable>(&self, found: Option<T>) -> Result<PageStart> {
        let place = match &self.after {
            None => None,
            Some(After::Place(place)) => {
                let is_number = self.sort.ends_with("_at");
                if place.sort != self.sort || matches!(place.key, SortKey::Number(_)) != is_number {
                    return Err(Error::Malformed(
                        "after belongs to a list in another order: send the same sort".to_owned(),
                    ));
                }
                Some(place.clone())
            }
            Some(After::Item(id)) if self.sort == "id" => {
                Some(PageCursor { sort: "id".to_owned(), key: SortKey::Text(String::new()), id: id.clone() })
            }
            Some(After::Item(_)) => Some(PageCursor::behind(&found.ok_or_else(Self::no_such_item)?, self.sort)),
        };
        Ok(self.start_at(place))
    }

    /// Returns the start of the page for a known position.
    pub(crate) fn start_at(&self, place: Option<PageCursor>) -> PageStart {
        PageStart { descending: self.descending, place }
    }

    /// Returns the start of a page of a list that is sorted by id only.
    pub(crate) fn start_by_id(&self) -> Result<PageStart> {
        struct NoItem;
        impl Listable for NoItem {
            fn id(&self) -> &'static str {
                ""
            }
        }
        self.start(None::<NoItem>)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MARK, PageCursor, SortKey};

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(text in "[^\0]{0,255}", number in any::<i64>(), is_number in any::<bool>()) {
            let key = if is_number { SortKey::Number(number) } else { SortKey::Text(text) };
            let cursor = PageCursor { sort: "name".to_owned(), key, id: "org_1".to_owned() };
            prop_assert_eq!(PageCursor::parse(&cursor.opaque()).expect("a cursor").ok(), Some(cursor));
        }

        #[test]
        fn whatever_else_is_sent_is_refused(text in "\\PC{0,40}") {
            let sent = format!("{MARK}{text}");
            prop_assert!(PageCursor::parse(&sent).expect("a cursor").is_err());
        }
    }

    #[test]
    fn ids_are_no_cursors_and_nul_is_refused() {
        assert!(PageCursor::parse("usr_0123456789abcdefghijkl").is_none());
        for nul in [("a\0", "org_1"), ("a", "org_\0")] {
            let cursor =
                PageCursor { sort: "name".to_owned(), key: SortKey::Text(nul.0.to_owned()), id: nul.1.to_owned() };
            assert!(PageCursor::parse(&cursor.opaque()).expect("a cursor").is_err());
        }
    }
}
