//! SQL of JWT keys.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::page::{Listable, Page};
use crate::realms::{JwtAlgo, Realm};

row! {
    /// A JWT key of a realm.
    #[derive(Clone)]
    pub struct JwtKey {
        /// `jky_…`; the `kid` of the tokens it signs.
        pub id: String,
        /// Id of its realm, `rl_…`.
        pub realm_id: String,
        /// Its only algorithm.
        pub algo: JwtAlgo,
        /// Always `sign`.
        pub key_use: String,
        /// Sealed: the HS256 secret, or the RS256 private key as PEM.
        pub secret: Vec<u8>,
        /// The RS256 public key as PEM.
        pub public_key: Option<String>,
        /// When another key replaces or replaced it, in epoch milliseconds.
        pub expired_at: Option<i64>,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
        /// When it begins to sign, in epoch milliseconds; until then it is only listed.
        pub signs_from: i64,
    }
}

impl Listable for JwtKey {
    fn id(&self) -> &str {
        &self.id
    }
}

row! {
    /// Realm of a key.
    struct JwtKeyRealm { realm_id: String }
}

statements! {
    INSERT: () = "INSERT INTO jwt_keys (", JwtKey::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SIGNING: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND signs_from <= $2
        AND (expired_at IS NULL OR expired_at > $2)";
    NEXT: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND signs_from > $2";
    PUBLIC: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND algo = 'rs256'
        AND (expired_at IS NULL OR expired_at + $2 > $3) ORDER BY id DESC LIMIT $4";
    FIND: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id = $2
        AND (expired_at IS NULL OR expired_at + $3 > $4)";
    UP_BY_ID: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id > $2
        AND (expired_at IS NULL OR expired_at + $4 > $5) ORDER BY id LIMIT $3";
    DOWN_BY_ID: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND id < $2
        AND (expired_at IS NULL OR expired_at + $4 > $5) ORDER BY id DESC LIMIT $3";
    ANYWHERE: JwtKeyRealm = "SELECT realm_id FROM jwt_keys WHERE id = $1";
    DELETE: () = "DELETE FROM jwt_keys WHERE realm_id = $1 AND id = $2";
    DELETE_NEXT: () = "DELETE FROM jwt_keys WHERE realm_id = $1 AND signs_from > $2";
    DELETE_SPENT: () = "DELETE FROM jwt_keys WHERE realm_id = $1 AND expired_at + $2 <= $3";
    EXPIRE: () = "UPDATE jwt_keys SET expired_at = $2 WHERE realm_id = $1 AND (expired_at IS NULL OR expired_at > $2)";
    REVIVE: () = "UPDATE jwt_keys SET expired_at = NULL WHERE realm_id = $1 AND expired_at > $2";
    SIGN_NOW: () = "UPDATE jwt_keys SET signs_from = $2 WHERE realm_id = $1 AND signs_from > $2";
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
        key.signs_from,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// Returns the key that signs.
pub(super) async fn signing(q: impl Query, realm: &str, now_ms: i64) -> Result<Option<JwtKey>> {
    Ok(q.row(&SIGNING, params![realm, now_ms]).await?)
}

/// Returns the key that signs later, if one is listed.
pub(super) async fn next(q: impl Query, realm: &str, now_ms: i64) -> Result<Option<JwtKey>> {
    Ok(q.row(&NEXT, params![realm, now_ms]).await?)
}

/// Lists the RS256 keys that tokens may be verified with, the newest first.
pub(super) async fn public(q: impl Query, realm: &Realm, now_ms: i64, most: i64) -> Result<Vec<JwtKey>> {
    Ok(q.rows(&PUBLIC, params![&realm.id, overlap_ms(realm), now_ms, most]).await?)
}

/// Finds the key, unless it no longer verifies.
pub(super) async fn find(q: impl Query, realm: &Realm, id: &str, now_ms: i64) -> Result<Option<JwtKey>> {
    Ok(q.row(&FIND, params![&realm.id, id, overlap_ms(realm), now_ms]).await?)
}

/// Lists a page of the keys that sign, will sign or still verify.
pub(super) async fn list(q: impl Query, realm: &Realm, page: &Page, now_ms: i64) -> Result<Vec<JwtKey>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![&realm.id, start.id(), page.probe(), overlap_ms(realm), now_ms]).await?)
}

/// Returns whether a realm other than this one has the key.
pub(crate) async fn is_elsewhere(q: impl Query, realm: Option<&str>, id: &str) -> Result<bool> {
    let found = q.row(&ANYWHERE, params![id]).await?;
    Ok(found.is_some_and(|found| realm != Some(&found.realm_id)))
}

/// Returns how long a replaced key still verifies, in milliseconds: the maximum duration of a session.
fn overlap_ms(realm: &Realm) -> i64 {
    realm.session_minutes * 60_000
}

/// Deletes a key. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

/// Stops the signing key from signing at `from_ms`.
pub(super) async fn expire(tx: &mut Tx, realm: &str, from_ms: i64) -> Result<()> {
    tx.execute(&EXPIRE, params![realm, from_ms]).await?;
    Ok(())
}

/// Removes the key that would sign later; the present one continues to sign.
pub(super) async fn cancel_next(tx: &mut Tx, realm: &str, now_ms: i64) -> Result<()> {
    tx.execute(&DELETE_NEXT, params![realm, now_ms]).await?;
    tx.execute(&REVIVE, params![realm, now_ms]).await?;
    Ok(())
}

/// Makes the key that would sign later sign at once. Returns whether there is one.
pub(super) async fn sign_now(tx: &mut Tx, realm: &str, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&SIGN_NOW, params![realm, now_ms]).await? > 0)
}

/// Removes replaced keys that no longer verify tokens. Returns their number.
pub(super) async fn delete_spent(tx: &mut Tx, realm: &Realm, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_SPENT, params![&realm.id, overlap_ms(realm), now_ms]).await?)
}
