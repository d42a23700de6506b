//! Lists of users.

use gantry_db::Value;

use super::key::Key;
use super::store::Way;
use super::{User, UserType, store};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::Result;
use crate::page::{Listed, Offer, Page};
use crate::realms::Realm;
use crate::text::{self, SearchRange};
use crate::words::State;

/// How the list of users may be asked for.
pub const OFFER: Offer = Offer { sorts: &["username", "email", "id", "last_login_at"], descending: false, most: 1000 };

/// Which users are wanted; `None` sets no bound.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// With this reference.
    pub reference: Option<&'a str>,
    /// In this state.
    pub state: Option<State>,
    /// Of this type.
    pub user_type: Option<UserType>,
    /// With this username, in any case.
    pub username: Option<String>,
    /// With this email, in any case.
    pub email: Option<String>,
    /// Made then or later, epoch milliseconds.
    pub created_from: Option<i64>,
    /// Made before, epoch milliseconds.
    pub created_before: Option<i64>,
    /// Whose username, address or whole name begins with this, in any case. The order is then the search's own.
    pub search: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// The parameters of a list statement.
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

/// A page of the realm's users.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, wanted: &Wanted<'_>, page: &Page) -> Result<Listed<User>> {
    actor.need(Access::Read)?;
    let after = match &page.after {
        Some(id) => {
            let found = store::find(&core.db, &realm.id, &Key::Id(id.clone()), 0).await?;
            Some(found.ok_or_else(Page::no_such_item)?.0)
        }
        None => None,
    };
    match wanted.search {
        Some(text) => search(core, realm, wanted, text, after.as_ref(), page).await,
        None => Ok(page.listed(store::list(&core.db, &realm.id, wanted, after.as_ref(), page).await?)),
    }
}

/// Those whose username begins with the text, then those whose address does, then those whose whole name does, each in
/// the order of that. Where a page goes on is told by the user that it ended with.
async fn search(
    core: &Core,
    realm: &Realm,
    wanted: &Wanted<'_>,
    beginning: &str,
    after: Option<&User>,
    page: &Page,
) -> Result<Listed<User>> {
    let range = SearchRange::of(text::trim(beginning));
    let begun = after.map(|user| way(user, &range));
    let mut found: Vec<User> = Vec::new();
    for way in [Way::Name, Way::Address, Way::WholeName] {
        let missing = page.probe() - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if begun.is_some_and(|begun| way < begun) || missing <= 0 {
            continue;
        }
        let at = match after.filter(|_| begun == Some(way)) {
            Some(user) => (term(user, way), user.id.as_str()),
            None => (range.from.as_str(), ""),
        };
        let slice = (range.from.as_str(), range.below.as_str(), at, missing);
        found.extend(store::search(&core.db, &realm.id, wanted, way, slice).await?);
    }
    Ok(page.listed(found))
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
