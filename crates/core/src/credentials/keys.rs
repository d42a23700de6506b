//! API keys of users that are systems: generated here or sent by the caller, found by their hash, and readable later if
//! the realm encrypts them.

use gantry_crypto::token;
use gantry_db::{Query, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::store::{self, Credential};
use super::{CredentialType, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::{Fields, Sent};
use crate::realms::{ApiKeyPolicy, Realm};
use crate::users::User;

const SHORTEST: usize = 16;
const LONGEST: usize = 256;

/// Source of a requested key.
pub(crate) enum WantedKey {
    /// Generate a key.
    Generated,
    /// Use the key that the caller sent.
    Given(SecretString),
}

/// Reads `api_key`. `generate` requests a generated key; on create, so does a missing or null field.
pub(crate) fn wanted_key(fields: &mut Fields, create: bool) -> Option<WantedKey> {
    let key = match fields.secret_token("api_key") {
        Sent::Value(key) => key,
        Sent::Null if !create => {
            fields.required("api_key", false);
            return None;
        }
        Sent::Null | Sent::Absent => return create.then_some(WantedKey::Generated),
    };
    let text = key.expose_secret();
    if text == "generate" {
        return Some(WantedKey::Generated);
    }
    if !(SHORTEST..=LONGEST).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let rule = format!("Api key must be {SHORTEST} to {LONGEST} printable ASCII characters without spaces");
        fields.error("api_key", "invalid", rule);
        return None;
    }
    Some(WantedKey::Given(key))
}

/// Adds a key to a user.
pub(crate) async fn insert_key(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &str,
    wanted: WantedKey,
) -> Result<(Credential, SecretString)> {
    let mut credential = fields::fresh(core, realm, user, CredentialType::ApiKey);
    let key = fill(core, realm, &mut credential, wanted);
    store::insert(tx, &credential).await.map_err(taken)?;
    Ok((credential, key))
}

/// Replaces this key. The old key is invalid immediately.
pub(super) async fn replace_key(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    credential: &mut Credential,
    wanted: WantedKey,
) -> Result<SecretString> {
    let key = fill(core, realm, credential, wanted);
    store::update(tx, credential).await.map_err(taken)?;
    Ok(key)
}

/// Replaces the user's oldest key, or adds a key if the user has none.
pub(crate) async fn replace_first_key(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    wanted: WantedKey,
) -> Result<SecretString> {
    match store::first_key(&mut *tx, &realm.id, &user.id).await? {
        Some(mut credential) => replace_key(core, tx, realm, &mut credential, wanted).await,
        None => Ok(insert_key(core, tx, realm, &user.id, wanted).await?.1),
    }
}

fn fill(core: &Core, realm: &Realm, credential: &mut Credential, wanted: WantedKey) -> SecretString {
    let key = match wanted {
        WantedKey::Generated => {
            let prefix = realm.api_key_prefix.as_deref().unwrap_or_default();
            SecretString::from(format!("{prefix}{}", token::generate(None, &core.random)))
        }
        WantedKey::Given(key) => key,
    };
    let text = key.expose_secret();
    credential.api_key_hash = Some(token::hash(text).to_vec());
    credential.sealed = match realm.api_key_policy {
        ApiKeyPolicy::Encrypt => Some(core.master.seal(&fields::place(&credential.id), text.as_bytes(), &core.random)),
        ApiKeyPolicy::Hash => None,
    };
    key
}

/// Returns the key if the realm encrypts keys and this one was sealed.
pub(super) fn readable(core: &Core, realm: &Realm, credential: &Credential) -> Result<Option<SecretString>> {
    let Some(sealed) = credential.sealed.as_ref().filter(|_| realm.api_key_policy == ApiKeyPolicy::Encrypt) else {
        return Ok(None);
    };
    let opened = core.master.open(&fields::place(&credential.id), sealed).map_err(Error::internal)?;
    Ok(std::str::from_utf8(&opened).ok().map(SecretString::from))
}

/// Returns the user's oldest key if it is readable and the caller has the right `write`, which allows logging in as the
/// user anyway.
pub async fn readable_key(core: &Core, realm: &Realm, actor: &Actor, user: &str) -> Result<Option<SecretString>> {
    if realm.api_key_policy == ApiKeyPolicy::Hash || !actor.may(Access::Write) {
        return Ok(None);
    }
    match store::first_key(&core.db, &realm.id, user).await? {
        Some(credential) => readable(core, realm, &credential),
        None => Ok(None),
    }
}

/// Finds the user with this key.
pub(crate) async fn holder_of(q: impl Query, realm: &Realm, key: &SecretString) -> Result<Option<User>> {
    store::holder_of(q, &realm.id, &token::hash(key.expose_secret())).await
}

pub(super) fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("credentials_realm_id_api_key_hash") {
        Error::invalid("api_key", "taken", "Api key has already been taken")
    } else {
        error.into()
    }
}
