//! SQL of JWT keys.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::page::{LAST, Page};
use crate::realms::{JwtAlgo, Realm};

row! {
    /// One key.
    #[derive(Clone)]
    pub struct JwtKey {
        /// `jky_…`; the `kid` of the tokens it signs.
        pub id: String,
        /// Its realm.
        pub realm_id: String,
        /// The one algorithm it is for.
        pub algo: JwtAlgo,
        /// `sign`
        pub key_use: String,
        /// Sealed: the HS256 secret, or the RS256 private key as PEM.
        pub secret: Vec<u8>,
        /// The RS256 public key as PEM.
        pub public_key: Option<String>,
        /// When it was replaced.
        pub expired_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// Where a key is.
    struct JwtKeyRealm { realm_id: String }
}

statements! {
    INSERT: () = "INSERT INTO jwt_keys (", JwtKey::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SIGNING: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND expired_at IS NULL";
    FIND: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id = $2
        AND (expired_at IS NULL OR expired_at + $3 > $4)";
    UP_BY_ID: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id > $2
        AND (expired_at IS NULL OR expired_at + $4 > $5) ORDER BY id LIMIT $3";
    DOWN_BY_ID: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id < $2
        AND (expired_at IS NULL OR expired_at + $4 > $5) ORDER BY id DESC LIMIT $3";
    ANYWHERE: JwtKeyRealm = "SELECT realm_id FROM jwt_keys WHERE id = $1";
    DELETE: () = "DELETE FROM jwt_keys WHERE realm_id = $1 AND id = $2 AND expired_at IS NOT NULL";
    DELETE_SPENT: () = "DELETE FROM jwt_keys WHERE realm_id = $1 AND expired_at + $2 <= $3";
    EXPIRE: () = "UPDATE jwt_keys SET expired_at = $2 WHERE realm_id = $1 AND expired_at IS NULL";
}

pub(super) async fn insert(tx: &mut Tx, key: &JwtKey) -> Result<()> {
    let values = params![
        &key.id,
        &key.realm_id,
        key.algo,
        &key.key_use,
        &key.secret,
        &key.public_key,
        key.expired_at,
        key.created_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// The key that signs.
pub(super) async fn signing(q: impl Query, realm: &str) -> Result<Option<JwtKey>> {
    Ok(q.row(&SIGNING, params![realm]).await?)
}

/// The key, if it signs or still verifies.
pub(super) async fn find(q: impl Query, realm: &Realm, id: &str, now_ms: i64) -> Result<Option<JwtKey>> {
    Ok(q.row(&FIND, params![&realm.id, id, overlap_ms(realm), now_ms]).await?)
}

/// A page of the keys that sign or still verify.
pub(super) async fn list(q: impl Query, realm: &Realm, page: &Page, now_ms: i64) -> Result<Vec<JwtKey>> {
    let edge = if page.descending { LAST } else { "" };
    let after = page.after.as_deref().unwrap_or(edge);
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![&realm.id, after, page.probe(), overlap_ms(realm), now_ms]).await?)
}

/// Whether another realm than this one has the key.
pub(crate) async fn is_elsewhere(q: impl Query, realm: Option<&str>, id: &str) -> Result<bool> {
    let found = q.row(&ANYWHERE, params![id]).await?;
    Ok(found.is_some_and(|found| realm != Some(&found.realm_id)))
}

/// How long a replaced key verifies: as long as a session may last that it signed.
fn overlap_ms(realm: &Realm) -> i64 {
    realm.session_minutes * 60_000
}

/// Whether it was there, and replaced before.
pub(super) async fn delete_expired(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

/// Marks the signing key as replaced.
pub(super) async fn expire(tx: &mut Tx, realm: &str, now_ms: i64) -> Result<()> {
    tx.execute(&EXPIRE, params![realm, now_ms]).await?;
    Ok(())
}

/// Removes replaced keys that verify nothing any more.
pub(super) async fn delete_spent(tx: &mut Tx, realm: &Realm, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_SPENT, params![&realm.id, overlap_ms(realm), now_ms]).await?)
}
