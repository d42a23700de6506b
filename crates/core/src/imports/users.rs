//! Importing users.

use gantry_db::Tx;

use super::tally::Outcome;
use crate::core::Core;
use crate::credentials;
use crate::error::{FieldError, Result};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::users::{self, Imported};

/// Creates or updates the user. A password hash is imported only if the user has no password: after a login they have a
/// hash of ours.
pub(super) async fn write(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    mut sent: Fields,
) -> Result<std::result::Result<Outcome, Vec<FieldError>>> {
    let hash = credentials::imported_hash(&mut sent);
    let Imported { user, before } = match users::imported(core, tx, realm, sent).await? {
        Ok(imported) => imported,
        Err(errors) => return Ok(Err(errors)),
    };
    let mut outcome = match &before {
        None => {
            users::insert_imported(tx, realm, &user).await?;
            Outcome::Made
        }
        Some(before) if *before == user => Outcome::Same,
        Some(_) => {
            users::update_imported(tx, realm, &user).await?;
            Outcome::Changed
        }
    };
    if let Some(hash) = hash {
        let has_one = before.is_some() && credentials::has_password(tx, realm, &user.id).await?;
        if !has_one {
            credentials::insert_password(core, tx, realm, &user, hash).await?;
            if matches!(outcome, Outcome::Same) {
                outcome = Outcome::Changed;
            }
        }
    }
    Ok(Ok(outcome))
}
