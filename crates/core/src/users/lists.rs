//! Lists of users.

use gantry_db::Value;

use super::rules::Key;
use super::{User, UserType, store};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::Result;
use crate::page::{Listed, Offer, Page};
use crate::realms::Realm;
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
    Ok(page.listed(store::list(&core.db, &realm.id, wanted, after.as_ref(), page).await?))
}
