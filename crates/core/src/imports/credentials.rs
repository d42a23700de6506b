//! Importing API keys of systems and devices of users.

use gantry_db::Tx;

use super::tally::Outcome;
use crate::core::Core;
use crate::credentials;
use crate::error::{FieldError, Result};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::users;

/// Adds the credential to the user, unless they have it already.
pub(super) async fn write(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    mut sent: Fields,
) -> Result<std::result::Result<Outcome, Vec<FieldError>>> {
    let user = users::named_in_import(tx, realm, &mut sent).await?;
    let wanted = match credentials::imported(core, tx, realm, user.as_deref(), sent).await? {
        Ok(wanted) => wanted,
        Err(errors) => return Ok(Err(errors)),
    };
    Ok(Ok(match wanted {
        None => Outcome::Same,
        Some(credential) => {
            credentials::insert_imported(tx, &credential).await?;
            Outcome::Made
        }
    }))
}
