//! Creates, authenticates, lists and revokes API keys.

use gantry_crypto::{id, token};
use gantry_db::Tx;
use secrecy::SecretString;

use super::store::{self, ApiKey};
use crate::actor::Access;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::json::Json;

/// Input for a new API key.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// Name that describes the purpose of the key.
    pub name: &'a str,
    /// Access right of the key.
    pub access: Access,
    /// Realms that the key is limited to. Empty: all realms of the account.
    pub realm_ids: Vec<String>,
    /// Rate limit in calls per minute. `None`: the installation's setting. 0: no limit.
    pub calls_per_minute: Option<u32>,
    /// Expiry in epoch milliseconds. `None`: valid until revoked.
    pub expires_at: Option<i64>,
}

/// Result of checking a presented key.
#[derive(Debug)]
pub enum KeyCheck {
    /// The key is valid.
    Valid(Box<ApiKey>),
    /// The key has expired. The caller knows its secret, so the expiry may be revealed.
    Expired,
    /// Not a key, an unknown id or a wrong secret.
    Unknown,
}

impl<'a> NewKey<'a> {
    /// Describes a key for all realms of the account, with the installation's rate limit and without expiry.
    pub fn for_account(name: &'a str, access: Access) -> Self {
        Self { name, access, realm_ids: Vec::new(), calls_per_minute: None, expires_at: None }
    }
}

/// Creates a key: `ko_` + 22 characters + `-` + 43 characters. The key is returned once; only its hash is stored.
pub async fn create(core: &Core, tx: &mut Tx, account: &str, new: NewKey<'_>) -> Result<(ApiKey, SecretString)> {
    let now = core.clock.now_ms();
    let id = core.new_id("ko", now);
    let whole = format!("{id}-{}", token::generate(None, &core.random));
    let key = ApiKey {
        account_id: account.to_owned(),
        name: new.name.to_owned(),
        access: new.access,
        secret_hash: token::hash(&whole).to_vec(),
        realm_ids: Some(new.realm_ids).filter(|realms| !realms.is_empty()).map(Json),
        calls_per_minute: new.calls_per_minute.map(i64::from),
        created_at: now,
        expires_at: new.expires_at,
        id,
    };
    store::insert(tx, &key).await?;
    Ok((key, SecretString::from(whole)))
}

/// Checks a presented key. A key is invalid from the millisecond of its expiry on.
pub async fn authenticate(core: &Core, whole: &str) -> Result<KeyCheck> {
    let Some((id, _)) = whole.split_once('-').filter(|(id, _)| id::is("ko", id)) else { return Ok(KeyCheck::Unknown) };
    let key = store::find(&core.db, id).await?;
    let now = core.clock.now_ms();
    Ok(match key.filter(|key| token::same(&key.secret_hash, &token::hash(whole))) {
        Some(key) if key.expires_at.is_some_and(|end| end <= now) => KeyCheck::Expired,
        Some(key) => KeyCheck::Valid(Box::new(key)),
        None => KeyCheck::Unknown,
    })
}

/// Returns the account's keys, oldest first.
pub async fn list(core: &Core, account: &str) -> Result<Vec<ApiKey>> {
    store::list(&core.db, account).await
}

/// Revokes a key immediately.
pub async fn revoke(core: &Core, account: &str, id: &str) -> Result<()> {
    let mut tx = core.db.begin().await?;
    if !store::delete(&mut tx, account, id).await? {
        return Err(Error::NotFound("API key"));
    }
    tx.commit().await?;
    Ok(())
}
