//! Finds the realm that the operator names on the command line by id or name, or the only realm if none is named.

use gantry_crypto::id;

use super::{Realm, every, named};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};

/// Maximum number of realms that an error lists.
const MOST_LISTED: usize = 10;

/// Returns the realm with this id or name; without one, the only realm except the system realm.
///
/// # Errors
/// [`Error::NotFound`] if there is none; [`Error::Malformed`] with a list of candidates if several realms match.
pub async fn resolve(core: &Core, wanted: Option<&str>) -> Result<Realm> {
    if let Some(id) = wanted.filter(|text| id::is("rl", text)) {
        return named(core, &Actor::system(), id).await;
    }
    let mut found = Vec::new();
    let mut after = String::new();
    while found.len() <= MOST_LISTED {
        let page = every(core, &after).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        // The system realm belongs to no account and is selected only by its id.
        let of_accounts = page.into_iter().filter(|realm| realm.account_id.is_some());
        found.extend(of_accounts.filter(|realm| wanted.is_none_or(|name| realm.name == name)));
    }
    match (found.len(), wanted) {
        (0, _) => Err(Error::NotFound("realm")),
        (1, _) => Ok(found.remove(0)),
        (_, Some(_)) => Err(Error::Malformed(format!("Several realms have this name: {}", listed(&found)))),
        (_, None) => Err(Error::Malformed(format!("There are several realms: {}", listed(&found)))),
    }
}

fn listed(realms: &[Realm]) -> String {
    let mut listed: Vec<_> =
        realms.iter().take(MOST_LISTED).map(|realm| format!("{} ({})", realm.id, realm.name)).collect();
    if realms.len() > MOST_LISTED {
        listed.push("…".to_owned());
    }
    listed.join(", ")
}
