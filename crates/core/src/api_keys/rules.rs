//! Making, checking and revoking API keys.

use gantry_crypto::{id, token};
use gantry_db::Tx;
use secrecy::SecretString;

use super::store::{self, ApiKey};
use crate::actor::Access;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::json::Json;

/// A key to be made.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// What it is for.
    pub name: &'a str,
    /// What it may do.
    pub access: Access,
    /// The realms it is limited to; none: all of the account.
    pub realm_ids: Vec<String>,
    /// Most calls per minute; none: the installation's setting, 0: no limit.
    pub calls_per_minute: Option<u32>,
    /// When it ends by itself, in epoch milliseconds; none: when it is revoked.
    pub expires_at: Option<i64>,
}

/// What a presented key turns out to be.
#[derive(Debug)]
pub enum KeyCheck {
    /// A key that counts.
    Valid(Box<ApiKey>),
    /// A key that has ended. The caller holds its secret, and may know.
    Expired,
    /// Not a key, or one whose secret is another.
    Unknown,
}

impl<'a> NewKey<'a> {
    /// For all realms of the account, as often as the installation lets keys call, until it is revoked.
    pub fn for_account(name: &'a str, access: Access) -> Self {
        Self { name, access, realm_ids: Vec::new(), calls_per_minute: None, expires_at: None }
    }
}

/// Makes a key: `ko_` + 22 characters + `-` + 43 characters. The secret is returned once and kept as a hash only.
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

/// Checks the key that this text is. It ends with the millisecond in which it expires.
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

/// The account's keys, the oldest first.
pub async fn list(core: &Core, account: &str) -> Result<Vec<ApiKey>> {
    store::list(&core.db, account).await
}

/// Ends a key at once.
pub async fn revoke(core: &Core, account: &str, id: &str) -> Result<()> {
    let mut tx = core.db.begin().await?;
    if !store::delete(&mut tx, account, id).await? {
        return Err(Error::NotFound("API key"));
    }
    tx.commit().await?;
    Ok(())
}
