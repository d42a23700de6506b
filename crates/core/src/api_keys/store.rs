//! SQL of API keys.

use gantry_db::{Query, Tx, params, row, statements};

use crate::actor::Access;
use crate::error::Result;
use crate::json::Json;

row! {
    /// An API key. Only the hash of its secret is stored.
    #[derive(Debug, Clone)]
    pub struct ApiKey {
        /// API key id, `ko_…`.
        pub id: String,
        /// Account id, `org_…`.
        pub account_id: String,
        /// Name that describes the purpose of the key.
        pub name: String,
        /// Access right of the key.
        pub access: Access,
        /// SHA-256 of the whole key.
        pub secret_hash: Vec<u8>,
        /// Realms that the key is limited to. `None`: all realms of the account.
        pub realm_ids: Option<Json<Vec<String>>>,
        /// Rate limit in calls per minute. `None`: the installation's setting. 0: no limit.
        pub calls_per_minute: Option<i64>,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
        /// Expiry in epoch milliseconds. `None`: valid until revoked.
        pub expires_at: Option<i64>,
    }
}

statements! {
    INSERT: () = "INSERT INTO api_keys (", ApiKey::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND: ApiKey = "SELECT ", ApiKey::COLUMNS, " FROM api_keys WHERE id = $1";
    LIST: ApiKey = "SELECT ", ApiKey::COLUMNS, " FROM api_keys WHERE account_id = $1 ORDER BY id";
    DELETE: () = "DELETE FROM api_keys WHERE account_id = $1 AND id = $2";
}

pub(super) async fn insert(tx: &mut Tx, key: &ApiKey) -> Result<()> {
    let realm_ids = key.realm_ids.as_ref().map(Json::text);
    let values = params![
        &key.id,
        &key.account_id,
        &key.name,
        key.access,
        &key.secret_hash,
        &realm_ids,
        key.calls_per_minute,
        key.created_at,
        key.expires_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// Finds a key by its id alone: the key determines the account.
pub(super) async fn find(q: impl Query, id: &str) -> Result<Option<ApiKey>> {
    Ok(q.row(&FIND, params![id]).await?)
}

pub(super) async fn list(q: impl Query, account: &str) -> Result<Vec<ApiKey>> {
    Ok(q.rows(&LIST, params![account]).await?)
}

/// Deletes a key. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, account: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![account, id]).await? > 0)
}
