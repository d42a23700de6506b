//! Importing memberships: a line names user and org by the names or references that the imported files use.

use gantry_db::Tx;

use super::tally::Outcome;
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::Fields;
use crate::memberships;
use crate::realms::Realm;
use crate::{orgs, users};

/// Creates or updates the membership.
pub(super) async fn write(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    mut sent: Fields,
) -> Result<std::result::Result<Outcome, Vec<FieldError>>> {
    let user = users::named_in_import(tx, realm, &mut sent).await?;
    let org = orgs::named_in_import(tx, realm, &mut sent).await?;
    let wanted = match memberships::imported(core, tx, realm, (user.as_deref(), org.as_deref()), sent).await? {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(Err(errors)),
    };
    Ok(Ok(match wanted.before {
        None => {
            memberships::insert_imported(tx, &wanted.membership).await?;
            Outcome::Made
        }
        Some(before) if before == wanted.membership => Outcome::Same,
        Some(_) => {
            memberships::update_imported(tx, &wanted.membership).await?;
            Outcome::Changed
        }
    }))
}
