//! Finds the user that the operator names on the command line by id, username or email address.

use super::lists::{Wanted, list};
use super::rules::read;
use super::store::{Counts, User};
use super::{Key, names};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::page::Page;
use crate::realms::Realm;

/// Returns the user with this id or username, or else the only one with this email address.
///
/// # Errors
/// [`Error::NotFound`] if there is none; [`Error::Malformed`] if several users share the address.
pub async fn look_up(core: &Core, realm: &Realm, actor: &Actor, text: &str) -> Result<(User, Counts)> {
    actor.need(Access::Read)?;
    match read(core, &core.db, realm, &Key::parse(text)).await {
        Err(Error::NotFound(_)) => {}
        found => return found,
    }
    let email = names::email(text).map_err(|_| Error::NotFound("user"))?;
    let wanted = Wanted { email: Some(email), ..Wanted::default() };
    let page = Page { after: None, limit: 1, sort: "id", descending: false };
    let mut holders = list(core, realm, actor, &wanted, &page).await?;
    if holders.more {
        let sentence = "Several users have this email address: name one by id or username";
        return Err(Error::Malformed(sentence.to_owned()));
    }
    let user = holders.items.pop().ok_or(Error::NotFound("user"))?;
    read(core, &core.db, realm, &Key::Id(user.id)).await
}
