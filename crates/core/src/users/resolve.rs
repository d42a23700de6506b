//! The user whom a caller names in a field or a filter: by id, by username, or by email where the realm wants emails
//! unique. Fields and filters share this one rule, so that whoever can be written can be found.

use gantry_db::Query;

use super::names;
use super::store::{self, User};
use crate::error::{Error, Result};
use crate::realms::Realm;

/// The user of this name, if the realm has one.
pub(crate) async fn resolve(q: impl Query, realm: &Realm, name: &str) -> Result<Option<User>> {
    let name = name.trim();
    let email = names::email(name).ok();
    let username = names::username(name).ok().or_else(|| email.clone()).unwrap_or_default();
    let found = store::called(q, &realm.id, store::Called { id: name, username: &username, email: email.as_deref() });
    let found = found.await?;
    let rank = |user: &User| (user.id != name, user.username != username);
    Ok(found.into_iter().min_by_key(rank))
}

/// The same for a filter, which has to name someone.
///
/// # Errors
/// [`Error::NotFound`] where the realm has no such user.
pub(crate) async fn resolve_filter(q: impl Query, realm: &Realm, name: &str) -> Result<User> {
    resolve(q, realm, name).await?.ok_or(Error::NotFound("user"))
}
