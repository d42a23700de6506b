//! Operator's view of sessions: lists all of a realm; ends them by id or by user.

use super::ending::delete;
use super::store::{self, Session};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::page::{Listed, Page, PageCursor};
use crate::realms::Realm;
use crate::users::User;

/// Lists the live sessions of a realm, or of one of its users, with their users, ordered by start.
pub async fn list_of_realm(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    user: Option<&str>,
    page: &Page,
) -> Result<Listed<(Session, User)>> {
    actor.need(Access::Read)?;
    let (start, now_ms) = (page.start_by_id()?, core.clock.now_ms());
    let behind = store::Behind { after: start.id(), most: page.probe(), now_ms };
    let rows = match user {
        Some(user) => store::list_with_user(&core.db, &realm.id, user, behind).await?,
        None => store::list_of_realm(&core.db, &realm.id, behind).await?,
    };
    Ok(page.listed_behind(rows, |(session, _)| PageCursor::behind(session, page.sort)))
}

/// Ends the session of this id: from the next request on it is refused.
pub async fn end_by_id(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::Write)?;
    if delete(core, realm, id).await? { Ok(()) } else { Err(Error::NotFound("session")) }
}
