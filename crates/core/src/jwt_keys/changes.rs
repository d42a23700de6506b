//! Operations of an app's developers on a realm's JWT keys.

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

/// Sort orders and page size of the list of keys.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: true, most: 100 };

/// Milliseconds for which a public key is listed before it signs, because verifiers cache the published keys.
const LISTED_BEFORE_MS: i64 = 24 * 60 * 60 * 1000;
/// Maximum number of listed public keys; each rotation keeps the replaced one until its sessions have ended.
const MAX_PUBLIC_KEYS: i64 = 100;

/// A key with the text that its developers may see.
pub struct Told {
    /// The stored key, with its secret sealed.
    pub key: JwtKey,
    /// The HS256 secret, or the RS256 public key as PEM.
    pub text: String,
    /// Whether another key has replaced it, so that it only verifies.
    pub expired: bool,
}

/// A published key.
pub struct PublicJwtKey {
    /// The `kid` of the tokens that it signs.
    pub id: String,
    /// Modulus, exponent and `SubjectPublicKeyInfo` of the key.
    pub rsa: jwt::RsaPublic,
}

/// Lists the keys that sign, will sign or still verify.
pub async fn list(core: &Core, realm: &Realm, actor: &Actor, page: &Page) -> Result<Listed<Told>> {
    actor.need(Access::AdminRealm)?;
    let listed = page.listed(store::list(&core.db, realm, page, core.clock.now_ms()).await?);
    listed.with(|key| tell(core, key))
}

/// Finds a key that signs, will sign or still verifies.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Told> {
    actor.need(Access::AdminRealm)?;
    let key = store::find(&core.db, realm, id, core.clock.now_ms()).await?.ok_or(Error::NotFound("JWT key"))?;
    tell(core, key)
}

fn tell(core: &Core, key: JwtKey) -> Result<Told> {
    let expired = key.expired_at.is_some_and(|at| at <= core.clock.now_ms());
    Ok(Told { text: told(core, &key)?, expired, key })
}

/// Creates a key, from the caller's key material or generated. Its algorithm, if given, becomes the realm's. It signs
/// at once, except when an RS256 key replaces an RS256 key: then it is first published for a while, because apps verify
/// tokens with the published keys.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Told> {
    actor.need(Access::AdminRealm)?;
    let algo: JwtAlgo = word(&mut sent, "algo").value().unwrap_or(realm.jwt_algo);
    // `sign` is the only use, so this only refuses invalid ones.
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

/// Reads the caller's key material. It is prepared once as for signing and verifying, so that it cannot be refused
/// there.
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

/// Replaces the signing key by a new one of its algorithm. Tokens of the old one verify until their sessions have
/// ended. If a key that signs later is already listed, nothing changes and that key is returned.
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

/// Deletes a key, which invalidates all tokens that it signed. If it was the signing key, another of its algorithm
/// replaces it: the one that is listed to sign later, or a new one.
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

/// Returns the realm's public keys that verify tokens, and the one that signs next. Never returns HS256 secrets.
pub async fn public(core: &Core, realm: &Realm) -> Result<Vec<PublicJwtKey>> {
    let keys = store::public(&core.db, realm, core.clock.now_ms(), MAX_PUBLIC_KEYS).await?;
    let read = |key: JwtKey| {
        let pem = key.public_key.ok_or_else(|| Error::internal("an RS256 key without its public half"))?;
        Ok(PublicJwtKey { id: key.id, rsa: jwt::RsaPublic::from_pem(&pem).map_err(Error::internal)? })
    };
    keys.into_iter().map(read).collect()
}

/// Removes the realm's replaced keys that no longer verify tokens.
pub async fn remove_spent(core: &Core, realm: &Realm) -> Result<()> {
    let mut tx = core.db.begin().await?;
    store::delete_spent(&mut tx, realm, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}
