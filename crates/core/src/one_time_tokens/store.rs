//! SQL of one-time tokens.

use gantry_db::{Query, Tx, params, row, statements};

use super::Purpose;
use crate::error::Result;

row! {
    /// One token; its secret is known to its holder only.
    pub(crate) struct OneTimeToken {
        /// SHA-256 of the whole token.
        pub token_hash: Vec<u8>,
        pub realm_id: String,
        pub user_id: String,
        pub purpose: Purpose,
        /// Address that an email token verifies.
        pub email: Option<String>,
        /// Wrong codes so far.
        pub tries: i64,
        /// Expiry in epoch milliseconds.
        pub expires_at: i64,
        /// When it was spent, in epoch milliseconds; none while it is valid.
        pub spent_at: Option<i64>,
    }
}

statements! {
    INSERT: () = "INSERT INTO one_time_tokens (", OneTimeToken::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND: OneTimeToken = "SELECT ", OneTimeToken::COLUMNS, " FROM one_time_tokens
        WHERE token_hash = $1 AND realm_id = $2 AND purpose = $3 AND expires_at > $4";
    OF_USER: OneTimeToken = "SELECT ", OneTimeToken::COLUMNS, " FROM one_time_tokens
        WHERE user_id = $1 AND realm_id = $2 AND purpose = $3 AND expires_at > $4 AND spent_at IS NULL";
    DELETE: () = "DELETE FROM one_time_tokens WHERE token_hash = $1 AND realm_id = $2 AND spent_at IS NULL";
    SPEND: () = "UPDATE one_time_tokens SET spent_at = $3
        WHERE token_hash = $1 AND realm_id = $2 AND spent_at IS NULL";
    COUNT_TRY: () = "UPDATE one_time_tokens SET tries = tries + 1 WHERE token_hash = $1 AND realm_id = $2";
    DELETE_TRIED: () = "DELETE FROM one_time_tokens WHERE token_hash = $1 AND realm_id = $2 AND tries >= $3";
    DELETE_OF_USER: () = "DELETE FROM one_time_tokens WHERE realm_id = $1 AND user_id = $2 AND purpose = $3
        AND spent_at IS NULL";
    DELETE_OF_REALM: () = "DELETE FROM one_time_tokens WHERE realm_id = $1";
    DELETE_EXPIRED: () = "DELETE FROM one_time_tokens WHERE token_hash IN
        (SELECT token_hash FROM one_time_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
}

pub(super) async fn insert(tx: &mut Tx, token: &OneTimeToken) -> Result<()> {
    let values = params![
        &token.token_hash,
        &token.realm_id,
        &token.user_id,
        token.purpose,
        &token.email,
        token.tries,
        token.expires_at,
        token.spent_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

pub(super) async fn find(
    q: impl Query,
    realm: &str,
    purpose: Purpose,
    hash: &[u8],
    now_ms: i64,
) -> Result<Option<OneTimeToken>> {
    Ok(q.row(&FIND, params![hash, realm, purpose, now_ms]).await?)
}

/// Lists the user's valid tokens.
pub(super) async fn of_user(
    q: impl Query,
    realm: &str,
    user: &str,
    purpose: Purpose,
    now_ms: i64,
) -> Result<Vec<OneTimeToken>> {
    Ok(q.rows(&OF_USER, params![user, realm, purpose, now_ms]).await?)
}

/// Marks a token as spent. Returns whether it was unspent.
pub(super) async fn spend(tx: &mut Tx, realm: &str, hash: &[u8], now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&SPEND, params![hash, realm, now_ms]).await? > 0)
}

/// Deletes an unspent token. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![hash, realm]).await? > 0)
}

pub(super) async fn count_try(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<()> {
    tx.execute(&COUNT_TRY, params![hash, realm]).await?;
    Ok(())
}

/// Deletes the token if it has had at least `tries` wrong codes.
pub(super) async fn delete_tried(tx: &mut Tx, realm: &str, hash: &[u8], tries: i64) -> Result<()> {
    tx.execute(&DELETE_TRIED, params![hash, realm, tries]).await?;
    Ok(())
}

pub(super) async fn delete_of_user(tx: &mut Tx, realm: &str, user: &str, purpose: Purpose) -> Result<()> {
    tx.execute(&DELETE_OF_USER, params![realm, user, purpose]).await?;
    Ok(())
}

pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    Ok(())
}

/// Deletes a batch of expired tokens of all realms, the longest expired first. Returns their number.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await?)
}
