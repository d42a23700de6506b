//! SQL of recovery codes.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    /// Number of the user's codes, and when they were created.
    pub(super) struct Kept {
        pub codes: i64,
        /// Epoch milliseconds; `None` without codes.
        pub made_at: Option<i64>,
    }
}

statements! {
    INSERT: () = "INSERT INTO recovery_codes (code_hash, realm_id, user_id, created_at) VALUES ($1, $2, $3, $4)";
    KEPT: Kept = "SELECT COUNT(*) AS codes, MAX(created_at) AS made_at FROM recovery_codes WHERE realm_id = $1 AND user_id = $2";
    SPEND: () = "DELETE FROM recovery_codes WHERE code_hash = $1 AND realm_id = $2 AND user_id = $3";
    DELETE_OF_USER: () = "DELETE FROM recovery_codes WHERE realm_id = $1 AND user_id = $2";
    DELETE_ORPHANS: () = "DELETE FROM recovery_codes WHERE realm_id = $1 AND NOT EXISTS
        (SELECT 1 FROM credentials c WHERE c.user_id = recovery_codes.user_id AND c.credential_type = 'totp' AND c.state = 'active')";
}

pub(super) async fn insert(tx: &mut Tx, (realm, user): (&str, &str), hash: &[u8], now_ms: i64) -> Result<()> {
    tx.execute(&INSERT, params![hash, realm, user, now_ms]).await?;
    Ok(())
}

pub(super) async fn kept(q: impl Query, realm: &str, user: &str) -> Result<Kept> {
    Ok(q.row(&KEPT, params![realm, user]).await?.unwrap_or(Kept { codes: 0, made_at: None }))
}

/// Deletes the code. Returns whether it existed.
pub(super) async fn spend(tx: &mut Tx, realm: &str, user: &str, hash: &[u8]) -> Result<bool> {
    Ok(tx.execute(&SPEND, params![hash, realm, user]).await? > 0)
}

pub(super) async fn delete_of_user(tx: &mut Tx, realm: &str, user: &str) -> Result<()> {
    tx.execute(&DELETE_OF_USER, params![realm, user]).await?;
    Ok(())
}

/// Deletes the codes of the realm's users who have no device in use.
pub(crate) async fn delete_orphans(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_ORPHANS, params![realm]).await?;
    Ok(())
}
