//! Finds the user that a caller names in a field or a filter: by id, by username, or by email where the realm wants
//! emails unique. Fields and filters share this one rule, so that a name that works in one works in the other.

use gantry_db::Query;

use super::key::Key;
use super::store::{self, User};
use crate::error::{Error, Result};
use crate::realms::Realm;

/// Finds the user with this name.
pub(crate) async fn resolve(q: impl Query, realm: &Realm, name: &str) -> Result<Option<User>> {
    Ok(store::find(q, &realm.id, &Key::parse(name.trim()), 0).await?.map(|(user, _)| user))
}

/// Finds the user that a filter names.
///
/// # Errors
/// [`Error::NotFound`] where the realm has no such user.
pub(crate) async fn resolve_filter(q: impl Query, realm: &Realm, name: &str) -> Result<User> {
    resolve(q, realm, name).await?.ok_or(Error::NotFound("user"))
}
