//! Making orgs.

use gantry_db::Tx;

use super::store::{self, Org};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::events::{self, EventType, Subject};
use crate::json::Custom;
use crate::realms::Realm;
use crate::words::State;

/// Makes an org of this name.
pub(crate) async fn insert(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, name: &str) -> Result<Org> {
    let now = core.clock.now_ms();
    let org = Org {
        id: core.new_id("org", now),
        realm_id: realm.id.clone(),
        name: name.to_owned(),
        state: State::Active,
        reference: None,
        custom: Custom::empty(),
        created_at: now,
    };
    store::insert(tx, &org).await?;
    let subject = Subject { org: Some(&org.id), ..Subject::default() };
    events::record(core, tx, realm, actor, EventType::OrgCreated, subject).await?;
    Ok(org)
}
