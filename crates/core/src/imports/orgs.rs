//! Importing orgs.

use gantry_db::Tx;

use super::tally::Outcome;
use crate::core::Core;
use crate::error::{FieldError, Result};
use crate::fields::Fields;
use crate::orgs::{self, Imported};
use crate::realms::Realm;

/// Creates or updates the org.
pub(super) async fn write(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    sent: Fields,
) -> Result<std::result::Result<Outcome, Vec<FieldError>>> {
    let Imported { org, before } = match orgs::imported(core, tx, realm, sent).await? {
        Ok(imported) => imported,
        Err(errors) => return Ok(Err(errors)),
    };
    Ok(Ok(match before {
        None => {
            orgs::insert_imported(tx, &org).await?;
            Outcome::Made
        }
        Some(before) if before == org => Outcome::Same,
        Some(_) => {
            orgs::update_imported(tx, &org).await?;
            Outcome::Changed
        }
    }))
}
