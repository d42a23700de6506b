//! What an app's developers may do with a realm's keys.

use gantry_crypto::jwt;
use secrecy::SecretString;

use super::rules::{self, Material, Prepared, seal, told};
use super::store::{self, JwtKey};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::{Fields, Sent};
use crate::page::{Listed, Offer, Page};
use crate::realms::{self, JwtAlgo, Realm};
use crate::words::word;

/// How the list of keys may be asked for.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: true, most: 100 };

/// As many bytes as the hash has, and no more than anybody needs.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 32..=512;

/// A key with what may be told of it.
pub struct Told {
    /// Itself.
    pub key: JwtKey,
    /// The HS256 secret, or the RS256 public key as PEM.
    pub text: String,
}

/// The keys that sign or still verify.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Told>> {
    actor.need(Access::AdminRealm)?;
    let listed = page.listed(store::list(&core.db, realm, page, core.clock.now_ms()).await?);
    let items = listed.items.into_iter().map(|key| tell(core, key)).collect::<Result<_>>()?;
    Ok(Listed { items, more: listed.more })
}

/// One of them.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Told> {
    actor.need(Access::AdminRealm)?;
    let key = store::find(&core.db, realm, id, core.clock.now_ms()).await?.ok_or(Error::NotFound("JWT key"))?;
    tell(core, key)
}

fn tell(core: &Core, key: JwtKey) -> Result<Told> {
    Ok(Told { text: told(core, &key)?, key })
}

/// Another key, which signs from now on: given, or made here. Its algorithm is the realm's, or becomes it.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Told> {
    actor.need(Access::AdminRealm)?;
    let algo: JwtAlgo = word(&mut sent, "algo").value().unwrap_or(realm.jwt_algo);
    // There is no other use, so this only refuses what is none.
    let _ = sent.choice("use", &["sign"]);
    let given = match sent.text("key", 10_000) {
        Sent::Value(text) => given(&mut sent, algo, text),
        Sent::Null | Sent::Absent => None,
    };
    sent.finish()?;
    let prepared = match given {
        Some(material) => seal(core, realm, material),
        None => rules::prepare(core, &Realm { jwt_algo: algo, ..realm.clone() }).await?,
    };
    sign_with(core, realm, actor, prepared).await
}

/// A key that the caller has made.
fn given(sent: &mut Fields, algo: JwtAlgo, text: String) -> Option<Material> {
    match algo {
        JwtAlgo::Hs256 if SECRET_BYTES.contains(&text.len()) => Some(Material::Secret(SecretString::from(text))),
        JwtAlgo::Hs256 => {
            sent.error("key", "invalid", "Key must be a secret of 32 to 512 bytes");
            None
        }
        JwtAlgo::Rs256 => {
            let pair = jwt::read_rsa(&text).ok();
            if pair.is_none() {
                sent.error("key", "invalid", "Key must be an RSA private key of 2,048 to 4,096 bits as PEM");
            }
            pair.map(Material::Pair)
        }
    }
}

async fn sign_with(core: &Core, realm: &Realm, actor: &Actor, prepared: Prepared) -> Result<Told> {
    let mut tx = core.db.begin().await?;
    let realm = realms::set_jwt_algo(&mut tx, actor, realm, prepared.0.algo).await?;
    rules::replace(core, &mut tx, &realm, &prepared).await?;
    events::record(core, &mut tx, &realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    tell(core, prepared.0)
}

/// Replaces the signing key by a fresh one of its algorithm; the old one verifies until its sessions have ended. A key
/// that was replaced before ends at once.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    let found = find(core, realm, actor, id).await?;
    if found.key.expired_at.is_none() {
        let prepared = rules::prepare(core, &Realm { jwt_algo: found.key.algo, ..realm.clone() }).await?;
        return sign_with(core, realm, actor, prepared).await.map(|_| ());
    }
    let mut tx = core.db.begin().await?;
    if !store::delete_expired(&mut tx, &realm.id, id).await? {
        return Err(Error::NotFound("JWT key"));
    }
    events::record(core, &mut tx, realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the realm's replaced keys that verify nothing any more.
pub async fn remove_spent(core: &Core, realm: &Realm) -> Result<()> {
    let mut tx = core.db.begin().await?;
    store::delete_spent(&mut tx, realm, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}
