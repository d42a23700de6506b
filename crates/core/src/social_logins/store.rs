//! SQL of pending social logins and of waiting identities.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    /// Pending social login.
    pub(super) struct Row {
        /// SHA-256 of the state.
        pub state_hash: Vec<u8>,
        pub realm_id: String,
        pub auth_provider_id: String,
        /// SHA-256 of the cookie or nonce to which the login is bound.
        pub bound_to: Option<Vec<u8>>,
        pub sealed: Vec<u8>,
        /// Refused codes so far.
        pub tries: i64,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

row! {
    /// Waiting identity.
    pub(super) struct Kept {
        /// SHA-256 of the browser's cookie.
        pub token_hash: Vec<u8>,
        pub realm_id: String,
        pub auth_provider_id: String,
        /// User whose password is awaited.
        pub user_id: Option<String>,
        pub sealed: Vec<u8>,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

statements! {
    INSERT: () = "INSERT INTO social_logins (", Row::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND: Row = "SELECT ", Row::COLUMNS, " FROM social_logins WHERE state_hash = $1 AND realm_id = $2 AND expires_at > $3";
    DELETE: () = "DELETE FROM social_logins WHERE state_hash = $1 AND realm_id = $2";
    COUNT_TRY: () = "UPDATE social_logins SET tries = tries + 1 WHERE state_hash = $1 AND realm_id = $2";
    DELETE_TRIED: () = "DELETE FROM social_logins WHERE state_hash = $1 AND realm_id = $2 AND tries >= $3";
    DELETE_OF_REALM: () = "DELETE FROM social_logins WHERE realm_id = $1";
    DELETE_EXPIRED: () = "DELETE FROM social_logins WHERE state_hash IN
        (SELECT state_hash FROM social_logins WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
    KEEP: () = "INSERT INTO waiting_identities (", Kept::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6)";
    KEPT: Kept = "SELECT ", Kept::COLUMNS, " FROM waiting_identities WHERE token_hash = $1 AND realm_id = $2 AND expires_at > $3";
    FORGET: () = "DELETE FROM waiting_identities WHERE token_hash = $1 AND realm_id = $2";
    FORGET_OF_REALM: () = "DELETE FROM waiting_identities WHERE realm_id = $1";
    FORGET_EXPIRED: () = "DELETE FROM waiting_identities WHERE token_hash IN
        (SELECT token_hash FROM waiting_identities WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
}

pub(super) async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    let values = params![
        &row.state_hash,
        &row.realm_id,
        &row.auth_provider_id,
        row.bound_to.as_ref(),
        &row.sealed,
        row.tries,
        row.expires_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, realm: &str, hash: &[u8], now_ms: i64) -> Result<Option<Row>> {
    Ok(q.row(&FIND, params![hash, realm, now_ms]).await?)
}

/// Deletes the login. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![hash, realm]).await? > 0)
}

pub(super) async fn count_try(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<()> {
    tx.execute(&COUNT_TRY, params![hash, realm]).await?;
    Ok(())
}

/// Deletes the login if it had at least this many refused codes.
pub(super) async fn delete_tried(tx: &mut Tx, realm: &str, hash: &[u8], tries: i64) -> Result<()> {
    tx.execute(&DELETE_TRIED, params![hash, realm, tries]).await?;
    Ok(())
}

pub(super) async fn keep(tx: &mut Tx, kept: &Kept) -> Result<()> {
    let values = params![
        &kept.token_hash,
        &kept.realm_id,
        &kept.auth_provider_id,
        &kept.user_id,
        &kept.sealed,
        kept.expires_at,
    ];
    tx.execute(&KEEP, values).await?;
    Ok(())
}

pub(super) async fn kept(q: impl Query, realm: &str, hash: &[u8], now_ms: i64) -> Result<Option<Kept>> {
    Ok(q.row(&KEPT, params![hash, realm, now_ms]).await?)
}

/// Deletes the identity. Returns whether it existed.
pub(super) async fn forget(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<bool> {
    Ok(tx.execute(&FORGET, params![hash, realm]).await? > 0)
}

pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    tx.execute(&FORGET_OF_REALM, params![realm]).await?;
    Ok(())
}

/// Deletes a batch each of the longest expired logins and identities of all realms. Returns how many were deleted.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<(u64, u64)> {
    Ok((tx.execute(&DELETE_EXPIRED, params![now_ms]).await?, tx.execute(&FORGET_EXPIRED, params![now_ms]).await?))
}
