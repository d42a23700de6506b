//! Creating, replacing and using JWT keys.

use std::sync::Arc;

use gantry_crypto::jwt::{JwtError, RsaPair, SigningKey, VerifyingKey};
use gantry_crypto::token;
use gantry_db::{Query, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::store::{self, JwtKey};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::realms::{JwtAlgo, Realm};

/// A created key that is not stored yet.
pub(crate) struct Prepared(pub(super) JwtKey);

/// The realm's signing key as its developers see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The HS256 secret, or the RS256 public key as PEM.
    pub key: String,
}

/// Creates a key of the realm's algorithm. Must be called before the transaction, since an RSA key may need to be
/// awaited.
pub(crate) async fn prepare(core: &Core, realm: &Realm) -> Result<Prepared> {
    let made = match realm.jwt_algo {
        JwtAlgo::Hs256 => Material::Secret(SecretString::from(token::generate(Some("jsk"), &core.random))),
        JwtAlgo::Rs256 => Material::Pair(core.rsa_stock.take().await?),
    };
    Ok(seal(core, realm, made))
}

/// Unsealed key material.
pub(super) enum Material {
    /// HS256 secret.
    Secret(SecretString),
    /// RS256 key pair.
    Pair(RsaPair),
}

/// Prepares a key as signing and verifying do, so that a key that passes here is never refused there.
pub(super) fn check(material: &Material) -> std::result::Result<(), JwtError> {
    match material {
        Material::Secret(secret) => {
            SigningKey::hs256("", secret.expose_secret())?;
            VerifyingKey::hs256("", secret.expose_secret())?;
        }
        Material::Pair(pair) => {
            SigningKey::rs256("", pair.private_pem.expose_secret())?;
            VerifyingKey::rs256("", &pair.public_pem)?;
        }
    }
    Ok(())
}

pub(super) fn seal(core: &Core, realm: &Realm, material: Material) -> Prepared {
    let now = core.clock.now_ms();
    let id = core.new_id("jky", now);
    let (algo, secret, public_key) = match material {
        Material::Secret(secret) => (JwtAlgo::Hs256, secret, None),
        Material::Pair(pair) => (JwtAlgo::Rs256, pair.private_pem, Some(pair.public_pem)),
    };
    Prepared(JwtKey {
        secret: core.master.seal(&place(&id), secret.expose_secret().as_bytes(), &core.random),
        id,
        realm_id: realm.id.clone(),
        algo,
        key_use: "sign".to_owned(),
        public_key,
        expired_at: None,
        created_at: now,
        signs_from: now,
    })
}

/// Stores the first key of a realm.
pub(crate) async fn install(tx: &mut Tx, key: &Prepared) -> Result<()> {
    store::insert(tx, &key.0).await
}

/// Stores the next key of a realm, and removes a listed one that has not signed yet. It signs from its `signs_from`;
/// the previous key verifies until its sessions have ended.
pub(crate) async fn replace(core: &Core, tx: &mut Tx, realm: &Realm, key: &Prepared) -> Result<()> {
    store::cancel_next(tx, &realm.id, core.clock.now_ms()).await?;
    store::expire(tx, &realm.id, key.0.signs_from).await?;
    store::insert(tx, &key.0).await
}

/// Returns the key with which the realm's developers verify tokens.
pub async fn signing(core: &Core, q: impl Query, realm: &Realm) -> Result<Shown> {
    let key = store::signing(q, &realm.id, core.clock.now_ms()).await?.ok_or_else(|| missing(realm))?;
    Ok(Shown { key: told(core, &key)? })
}

/// Returns the part of a key that its developers may see: the HS256 secret, or the RS256 public key.
pub(super) fn told(core: &Core, key: &JwtKey) -> Result<String> {
    match &key.public_key {
        Some(public) => Ok(public.clone()),
        None => opened(core, &key.id, &key.secret),
    }
}

/// Returns the prepared key that signs the realm's tokens. Prepared keys are cached by id, since a key never changes;
/// which key signs is read each time.
pub(crate) async fn signer(core: &Core, q: impl Query, realm: &Realm) -> Result<Arc<SigningKey>> {
    let key = store::signing(q, &realm.id, core.clock.now_ms()).await?.ok_or_else(|| missing(realm))?;
    if let Some(prepared) = core.signing_keys.get(&key.id) {
        return Ok(prepared);
    }
    let secret = opened(core, &key.id, &key.secret)?;
    let prepared = match key.algo {
        JwtAlgo::Hs256 => SigningKey::hs256(&key.id, &secret),
        JwtAlgo::Rs256 => SigningKey::rs256(&key.id, &secret),
    };
    let prepared = Arc::new(prepared.map_err(Error::internal)?);
    core.signing_keys.insert(key.id, Arc::clone(&prepared));
    Ok(prepared)
}

/// Parts of a key that verifying needs, as a join returns them.
pub(crate) struct Stored<'a> {
    pub id: &'a str,
    pub algo: JwtAlgo,
    pub secret: &'a [u8],
    pub public_key: Option<&'a str>,
}

/// Returns the prepared key that verifies tokens with this `kid`.
pub(crate) fn verifier(core: &Core, key: &Stored<'_>) -> Result<Arc<VerifyingKey>> {
    if let Some(prepared) = core.verifying_keys.get(key.id) {
        return Ok(prepared);
    }
    let prepared = match (key.algo, key.public_key) {
        (JwtAlgo::Hs256, _) => VerifyingKey::hs256(key.id, &opened(core, key.id, key.secret)?),
        (JwtAlgo::Rs256, Some(public)) => VerifyingKey::rs256(key.id, public),
        (JwtAlgo::Rs256, None) => return Err(Error::internal("an RS256 key without its public half")),
    };
    let prepared = Arc::new(prepared.map_err(Error::internal)?);
    core.verifying_keys.insert(key.id.to_owned(), Arc::clone(&prepared));
    Ok(prepared)
}

/// Returns the realm's key with this `kid`, while it signs or still verifies.
pub(crate) async fn verifying(
    core: &Core,
    q: impl Query,
    realm: &Realm,
    kid: &str,
) -> Result<Option<Arc<VerifyingKey>>> {
    let Some(key) = store::find(q, realm, kid, core.clock.now_ms()).await? else { return Ok(None) };
    let stored = Stored { id: &key.id, algo: key.algo, secret: &key.secret, public_key: key.public_key.as_deref() };
    verifier(core, &stored).map(Some)
}

fn opened(core: &Core, id: &str, sealed: &[u8]) -> Result<String> {
    let secret = core.master.open(&place(id), sealed).map_err(Error::internal)?;
    String::from_utf8(secret.to_vec()).map_err(Error::internal)
}

/// Returns the context that the sealed secret is bound to.
fn place(id: &str) -> String {
    format!("jwt_keys/{id}/secret")
}

pub(super) fn missing(realm: &Realm) -> Error {
    Error::internal(format!("realm {} has no signing key", realm.id))
}
