//! Orgs in imports.

use gantry_db::Tx;

use super::fields;
use super::store::{self, Org};
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::realms::Realm;

/// An imported org, and its present version if it exists.
pub(crate) struct Imported {
    pub org: Org,
    pub before: Option<Org>,
}

/// Validates an imported org. An existing one is found by reference, or else by name.
pub(crate) async fn imported(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    mut sent: Fields,
) -> Result<std::result::Result<Imported, Vec<FieldError>>> {
    let now = core.clock.now_ms();
    let mut wanted = fields::fresh(core.new_id("org", now), realm, now);
    fields::apply(&mut wanted, &mut sent);
    let before = store::known(tx, &realm.id, wanted.reference.as_deref(), &wanted.name).await?;
    let mut org = before.clone().unwrap_or(wanted);
    fields::apply(&mut org, &mut sent);
    if let Sent::Value(at) = sent.time_ms("created_at") {
        org.created_at = at;
    }
    Ok(sent.into_errors().map(|()| Imported { org, before }))
}

pub(crate) async fn insert_imported(tx: &mut Tx, org: &Org) -> Result<()> {
    store::insert(tx, org).await
}

pub(crate) async fn update_imported(tx: &mut Tx, org: &Org) -> Result<()> {
    store::update(tx, org).await
}

/// Returns the id of the org that a line of another kind names: `org` is a name, `org_reference` a reference; without
/// both there is no org.
pub(crate) async fn named_in_import(tx: &mut Tx, realm: &Realm, sent: &mut Fields) -> Result<Option<String>> {
    let reference = sent.line("org_reference", 255).value().filter(|text| !text.is_empty());
    let name = sent.line("org", 255).value().unwrap_or_default();
    if reference.is_none() && name.is_empty() {
        return Ok(None);
    }
    let found = store::known(tx, &realm.id, reference.as_deref(), &name).await?;
    if found.is_none() {
        sent.error("org", "unknown", "Org can't be found in this realm");
    }
    Ok(found.map(|org| org.id))
}
