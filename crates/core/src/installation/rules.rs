//! Checks and set-up at each start.

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

/// Checks that the database's secrets were sealed with this master key. The first start stores the proof.
///
/// # Errors
/// [`Error::Malformed`] if the key is another one; its text is for the operator.
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
    // If another node was first, its key is the reference.
    if first { Ok(()) } else { Box::pin(prove_master_key(db, master, random)).await }
}

/// Returns whether the first start has completed: the master key's proof and the system realm exist.
pub async fn is_made(db: &Db) -> Result<bool> {
    Ok(store::find(db, PROOF).await?.is_some() && store::find(db, SYSTEM_REALM).await?.is_some())
}

/// Fails while requests cannot be served: the database does not answer, or accepts no writes.
pub async fn check_ready(core: &Core) -> Result<()> {
    core.db.accepts_writes().await?;
    open(core).await.map(|_| ())
}

/// Returns the system realm; the first start creates it.
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
