//! SQL of JWT keys.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::realms::JwtAlgo;

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

statements! {
    INSERT: () = "INSERT INTO jwt_keys (", JwtKey::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SIGNING: JwtKey = "SELECT ", JwtKey::COLUMNS, " FROM jwt_keys WHERE realm_id = $1 AND expired_at IS NULL";
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

/// Marks the signing key as replaced.
pub(super) async fn expire(tx: &mut Tx, realm: &str, now_ms: i64) -> Result<()> {
    tx.execute(&EXPIRE, params![realm, now_ms]).await?;
    Ok(())
}
