//! The first start, and every later one.

use gantry_crypto::seal::MasterKey;
use gantry_crypto::{Random, hex};
use gantry_db::Db;

use super::store;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::realms::{self, Realm};

const PROOF: &str = "master_key_proof";
const SYSTEM_REALM: &str = "system_realm";
const KNOWN_TEXT: &[u8] = b"gantry";

/// Checks that this master key is the one that the database's secrets were sealed with; the first start decides.
///
/// # Errors
/// [`Error::Malformed`] with a sentence for the operator.
pub async fn prove_master_key(db: &Db, master: &MasterKey, random: &Random) -> Result<()> {
    if let Some(proof) = store::find(db, PROOF).await? {
        let opened = master.open(PROOF, &hex::decode(&proof).unwrap_or_default());
        return match opened {
            Ok(known) if *known == KNOWN_TEXT => Ok(()),
            _ => Err(Error::Malformed(
                "the master key is not the one that this database was sealed with; use the master.key file that \
                 belongs to it, or the same GANTRY_MASTER_KEY"
                    .to_owned(),
            )),
        };
    }
    let sealed = master.seal(PROOF, KNOWN_TEXT, random);
    let mut tx = db.begin().await?;
    let first = store::insert(&mut tx, PROOF, &hex::encode(&sealed)).await?;
    tx.commit().await?;
    // Another node may have been first: then its key decides.
    if first { Ok(()) } else { Box::pin(prove_master_key(db, master, random)).await }
}

/// Whether the first start has been: the database's secrets are sealed with a key, and the system realm is there.
pub async fn is_made(db: &Db) -> Result<bool> {
    Ok(store::find(db, PROOF).await?.is_some() && store::find(db, SYSTEM_REALM).await?.is_some())
}

/// Fails while requests cannot be served: the database does not answer, or takes no writes.
pub async fn check_ready(core: &Core) -> Result<()> {
    core.db.accepts_writes().await?;
    open(core).await.map(|_| ())
}

/// The system realm, which is made at the first start.
pub async fn open(core: &Core) -> Result<Realm> {
    if let Some(id) = store::find(&core.db, SYSTEM_REALM).await? {
        return realms::named(core, &Actor::system(), &id).await;
    }
    let (realm, key) = realms::prepare_system_realm(core).await?;
    let mut tx = core.db.begin().await?;
    if !store::insert(&mut tx, SYSTEM_REALM, &realm.id).await? {
        drop(tx);
        return Box::pin(open(core)).await;
    }
    realms::furnish(core, &mut tx, &realm, &key, &Actor::system()).await?;
    tx.commit().await?;
    Ok(realm)
}
