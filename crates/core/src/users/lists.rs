//! Lists of users.

use gantry_db::Value;

use super::store::Way;
use super::{User, UserType, store};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::Result;
use crate::page::{After, Listed, Offer, Page, PageCursor, SortKey};
use crate::realms::Realm;
use crate::text::{self, SearchRange};
use crate::words::State;

/// Sort orders and page size of the list of users.
pub const OFFER: Offer = Offer { sorts: &["username", "email", "id", "last_login_at"], descending: false, most: 1000 };

/// Filters of the list of users; `None` does not filter.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Reference of the user.
    pub reference: Option<&'a str>,
    /// State of the user.
    pub state: Option<State>,
    /// Type of the user.
    pub user_type: Option<UserType>,
    /// Username, compared without regard to case.
    pub username: Option<String>,
    /// Email address, compared without regard to case.
    pub email: Option<String>,
    /// Earliest creation time, inclusive, in epoch milliseconds.
    pub created_from: Option<i64>,
    /// Latest creation time, exclusive, in epoch milliseconds.
    pub created_before: Option<i64>,
    /// Prefix of the username, address or full name, without regard to case. It determines the sort order.
    pub search: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Returns the parameters of a list statement.
    pub(super) fn with(&'a self, realm: &'a str, rest: &[Value<'a>]) -> Vec<Value<'a>> {
        let mut values = vec![
            Value::from(realm),
            self.reference.into(),
            self.state.into(),
            self.user_type.into(),
            (&self.username).into(),
            (&self.email).into(),
            self.created_from.into(),
            self.created_before.into(),
        ];
        values.extend_from_slice(rest);
        values
    }
}

/// Returns a page of the realm's users.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, wanted: &Wanted<'_>, page: &Page) -> Result<Listed<User>> {
    actor.need(Access::Read)?;
    if let Some(beginning) = wanted.search {
        return search(core, realm, wanted, beginning, page).await;
    }
    let found = match page.item_to_find() {
        Some(id) => of_id(core, realm, id).await?,
        None => None,
    };
    Ok(page.listed(store::list(&core.db, &realm.id, wanted, &page.start(found)?, page).await?))
}

async fn of_id(core: &Core, realm: &Realm, id: &str) -> Result<Option<User>> {
    store::row(&core.db, &realm.id, id).await
}

/// Finds users whose username begins with the text, then by address, then by full name, each sorted by that field.
async fn search(core: &Core, realm: &Realm, wanted: &Wanted<'_>, beginning: &str, page: &Page) -> Result<Listed<User>> {
    let range = SearchRange::of(text::trim(beginning));
    let begun = match &page.after {
        Some(After::Item(id)) => Some(found_at(&of_id(core, realm, id).await?.ok_or_else(Page::no_such_item)?, &range)),
        Some(After::Place(place)) => Some(place.clone()),
        None => None,
    };
    let begun_way =
        begun.as_ref().map(|place| Way::of_order(&place.sort).ok_or_else(Page::no_such_item)).transpose()?;
    let mut found: Vec<User> = Vec::new();
    for way in [Way::Name, Way::Address, Way::WholeName] {
        let missing = page.probe() - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if begun_way.is_some_and(|begun| way < begun) || missing <= 0 {
            continue;
        }
        let at = match &begun {
            // A cursor of another search may be before all results of this one.
            Some(PageCursor { key: SortKey::Text(term), id, .. }) if begun_way == Some(way) && *term >= range.from => {
                (term.as_str(), id.as_str())
            }
            _ => (range.from.as_str(), ""),
        };
        let slice = (range.from.as_str(), range.below.as_str(), at, missing);
        found.extend(store::search(&core.db, &realm.id, wanted, way, slice).await?);
    }
    Ok(page.listed_behind(found, |user| found_at(user, &range)))
}

/// Returns the position after a user in the search results.
fn found_at(user: &User, range: &SearchRange) -> PageCursor {
    let way = way(user, range);
    PageCursor { sort: way.order().to_owned(), key: SortKey::Text(term(user, way).to_owned()), id: user.id.clone() }
}

fn way(user: &User, range: &SearchRange) -> Way {
    let fits = |way: &Way| range.contains(term(user, *way));
    [Way::Name, Way::Address].into_iter().find(fits).unwrap_or(Way::WholeName)
}

fn term(user: &User, way: Way) -> &str {
    match way {
        Way::Name => &user.username,
        Way::Address => user.email.as_deref().unwrap_or_default(),
        Way::WholeName => &user.folded_name,
    }
}
