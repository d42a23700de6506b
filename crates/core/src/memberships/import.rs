//! Memberships in imports.

use gantry_db::Tx;

use super::fields;
use super::store::{self, Membership};
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::realms::Realm;

/// An imported membership, and its present version if it exists.
pub(crate) struct Imported {
    pub membership: Membership,
    pub before: Option<Membership>,
}

/// Validates an imported membership of this user in this org.
pub(crate) async fn imported(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    (user, org): (Option<&str>, Option<&str>),
    mut sent: Fields,
) -> Result<std::result::Result<Imported, Vec<FieldError>>> {
    let now = core.clock.now_ms();
    let before = match user {
        Some(user) => store::recorded(tx, &realm.id, (user, org)).await?,
        None => None,
    };
    let fresh = || fields::fresh(core.new_id("mb", now), realm, (user.unwrap_or_default(), org), now);
    let mut membership = before.clone().unwrap_or_else(fresh);
    fields::apply(&mut membership, realm, &mut sent, now);
    if let Sent::Value(at) = sent.time_ms("created_at") {
        membership.created_at = at;
    }
    Ok(sent.into_errors().map(|()| Imported { membership, before }))
}

pub(crate) async fn insert_imported(tx: &mut Tx, membership: &Membership) -> Result<()> {
    Ok(store::insert(tx, membership).await?)
}

pub(crate) async fn update_imported(tx: &mut Tx, membership: &Membership) -> Result<()> {
    store::update(tx, membership).await
}
