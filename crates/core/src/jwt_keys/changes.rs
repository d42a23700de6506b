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

/// How long a public key is listed before it signs: verifiers keep what they have fetched for a while.
const LISTED_BEFORE_MS: i64 = 24 * 60 * 60 * 1000;
/// The most public keys that are listed; each rotation leaves one until its sessions have ended.
const MAX_PUBLIC_KEYS: i64 = 100;

/// A key with what may be told of it.
pub struct Told {
    /// Itself.
    pub key: JwtKey,
    /// The HS256 secret, or the RS256 public key as PEM.
    pub text: String,
    /// Whether it was replaced.
    pub expired: bool,
}

/// A key as everybody may see it.
pub struct PublicJwtKey {
    /// The `kid` of the tokens that it signs.
    pub id: String,
    /// Its parts.
    pub rsa: jwt::RsaPublic,
}

/// The keys that sign or still verify.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Told>> {
    actor.need(Access::AdminRealm)?;
    let listed = page.listed(store::list(&core.db, realm, page, core.clock.now_ms()).await?);
    listed.with(|key| tell(core, key))
}

/// One of them.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Told> {
    actor.need(Access::AdminRealm)?;
    let key = store::find(&core.db, realm, id, core.clock.now_ms()).await?.ok_or(Error::NotFound("JWT key"))?;
    tell(core, key)
}

fn tell(core: &Core, key: JwtKey) -> Result<Told> {
    let expired = key.expired_at.is_some_and(|at| at <= core.clock.now_ms());
    Ok(Told { text: told(core, &key)?, expired, key })
}

/// Another key: given, or made here. Its algorithm is the realm's, or becomes it. It signs at once, unless it takes the place
/// of one that apps verify by the published keys, which is then listed first.
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

/// A key that the caller has made. What is taken here was prepared once as it will be for every login and every check,
/// so it cannot be refused there.
fn given(sent: &mut Fields, algo: JwtAlgo, text: String) -> Option<Material> {
    let (material, rule) = match algo {
        JwtAlgo::Hs256 => {
            let material = Material::Secret(SecretString::from(text));
            (Ok(material), "Key must be a secret of 32 to 512 bytes that is no PEM and does not repeat itself")
        }
        JwtAlgo::Rs256 => {
            let material = jwt::read_rsa(&text).map(Material::Pair);
            (material, "Key must be an RSA private key of 2,048 to 4,096 bits as PEM")
        }
    };
    let usable = material.and_then(|material| rules::check(&material).map(|()| material));
    if usable.is_err() {
        sent.error("key", "invalid", rule);
    }
    usable.ok()
}

async fn sign_with(core: &Core, realm: &Realm, actor: &Actor, mut prepared: Prepared) -> Result<Told> {
    let mut tx = core.db.begin().await?;
    let realm = realms::set_jwt_algo(&mut tx, actor, realm, prepared.0.algo).await?;
    let now = core.clock.now_ms();
    let signing = store::signing(&mut tx, &realm.id, now).await?;
    let is_public = prepared.0.algo == JwtAlgo::Rs256;
    if is_public && signing.is_some_and(|signing| signing.algo == JwtAlgo::Rs256) {
        prepared.0.signs_from = now + LISTED_BEFORE_MS;
    }
    rules::replace(core, &mut tx, &realm, &prepared).await?;
    events::record(core, &mut tx, &realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    tell(core, prepared.0)
}

/// Replaces the signing key by a fresh one of its algorithm. Tokens of the old one verify until their sessions have ended.
/// Where a key is listed already that signs later, nothing changes.
pub async fn rotate(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Told> {
    let found = find(core, realm, actor, id).await?;
    if found.expired {
        return Err(Error::invalid("base", "expired", "This key was replaced before: rotate the one that signs"));
    }
    if let Some(next) = store::next(&core.db, &realm.id, core.clock.now_ms()).await? {
        return tell(core, next);
    }
    let prepared = rules::prepare(core, &Realm { jwt_algo: found.key.algo, ..realm.clone() }).await?;
    sign_with(core, realm, actor, prepared).await
}

/// Ends a key, and every token that it signed, at once. In place of the one that signs another of its algorithm does so:
/// the one that is listed to sign later, or a fresh one.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<()> {
    let found = find(core, realm, actor, id).await?;
    let fresh = rules::prepare(core, &Realm { jwt_algo: found.key.algo, ..realm.clone() }).await?;
    let mut tx = core.db.begin().await?;
    let realm = realms::lock(&mut tx, actor, realm).await?;
    let now = core.clock.now_ms();
    let signing = store::signing(&mut tx, &realm.id, now).await?.ok_or_else(|| rules::missing(&realm))?;
    if !store::delete(&mut tx, &realm.id, id).await? {
        return Err(Error::NotFound("JWT key"));
    }
    if signing.id == id {
        if !store::sign_now(&mut tx, &realm.id, now).await? {
            store::insert(&mut tx, &fresh.0).await?;
        }
    } else if found.key.signs_from > now {
        store::cancel_next(&mut tx, &realm.id, now).await?;
    }
    events::record(core, &mut tx, &realm, actor, EventType::RealmUpdated, Subject::REALM).await?;
    tx.commit().await?;
    Ok(())
}

/// The public keys that tokens of the realm may be verified with, and the one that signs next. Secrets of HS256 are not
/// among them.
pub async fn public(core: &Core, realm: &Realm) -> Result<Vec<PublicJwtKey>> {
    let keys = store::public(&core.db, realm, core.clock.now_ms(), MAX_PUBLIC_KEYS).await?;
    let read = |key: JwtKey| {
        let pem = key.public_key.ok_or_else(|| Error::internal("an RS256 key without its public half"))?;
        Ok(PublicJwtKey { id: key.id, rsa: jwt::RsaPublic::from_pem(&pem).map_err(Error::internal)? })
    };
    keys.into_iter().map(read).collect()
}

/// Removes the realm's replaced keys that verify nothing any more.
pub async fn remove_spent(core: &Core, realm: &Realm) -> Result<()> {
    let mut tx = core.db.begin().await?;
    store::delete_spent(&mut tx, realm, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}
