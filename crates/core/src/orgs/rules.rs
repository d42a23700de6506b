//! Operations on orgs.

use gantry_db::Tx;

use super::fields;
use super::store::{self, Org};
use crate::actor::{Access, Actor};
use crate::core::{Core, WHOLE_REALM};
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::memberships;
use crate::page::{Listed, Offer, Page};
use crate::realms::Realm;
use crate::words::State;

/// Sort orders and page size of the list of orgs.
pub const OFFER: Offer = Offer { sorts: &["name", "id"], descending: false, most: 1000 };

/// Finds an org by id.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Org> {
    actor.need(Access::Read)?;
    store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("org"))
}

/// Lists a page of the realm's orgs, filtered by reference and state if given.
pub async fn list(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    wanted: (Option<&str>, Option<State>),
    page: &Page,
) -> Result<Listed<Org>> {
    actor.need(Access::Read)?;
    let found = match page.item_to_find() {
        Some(id) => store::find(&core.db, &realm.id, id).await?,
        None => None,
    };
    Ok(page.listed(store::list(&core.db, &realm.id, wanted, &page.start(found)?, page).await?))
}

/// Creates an org.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Org> {
    actor.need(Access::Write)?;
    let now = core.clock.now_ms();
    let mut org = fields::fresh(core.new_id("org", now), realm, now);
    fields::apply(&mut org, &mut sent);
    sent.finish()?;
    let mut tx = core.db.begin().await?;
    insert(core, &mut tx, realm, actor, &org).await?;
    tx.commit().await?;
    Ok(org)
}

/// Creates an org with this name inside a larger transaction, such as a signup.
pub(crate) async fn found(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, name: &str) -> Result<Org> {
    let now = core.clock.now_ms();
    let org = Org { name: name.to_owned(), ..fields::fresh(core.new_id("org", now), realm, now) };
    insert(core, tx, realm, actor, &org).await?;
    Ok(org)
}

async fn insert(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, org: &Org) -> Result<()> {
    store::insert(tx, org).await?;
    events::record(core, tx, realm, actor, EventType::OrgCreated, Subject::org(&org.id)).await?;
    Ok(())
}

/// Updates an org.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, id: &str, mut sent: Fields) -> Result<Org> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let mut org = store::lock(&mut tx, &realm.id, id).await?.ok_or(Error::NotFound("org"))?;
    fields::apply(&mut org, &mut sent);
    sent.finish()?;
    store::update(&mut tx, &org).await?;
    events::record(core, &mut tx, realm, actor, EventType::OrgUpdated, Subject::org(id)).await?;
    tx.commit().await?;
    Ok(org)
}

/// Deletes an org with its memberships, and records an event for each membership too.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    tx.set_deadline(WHOLE_REALM).await?;
    store::lock(&mut tx, &realm.id, id).await?.ok_or(Error::NotFound("org"))?;
    memberships::delete_of_org(core, &mut tx, realm, actor, id).await?;
    store::delete(&mut tx, &realm.id, id).await?;
    events::record(core, &mut tx, realm, actor, EventType::OrgDeleted, Subject::org(id)).await?;
    tx.commit().await?;
    Ok(())
}
