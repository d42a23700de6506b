//! SQL of used challenges.

use gantry_db::{Query, Tx, params, statements};

use crate::error::Result;

statements! {
    INSERT: () = "INSERT INTO spent_challenges (challenge_hash, realm_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    DELETE_EXPIRED: () = "DELETE FROM spent_challenges WHERE challenge_hash IN
        (SELECT challenge_hash FROM spent_challenges WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
}

/// Records a used challenge. Returns `false` if it was used before.
pub(super) async fn insert(tx: &mut Tx, realm: &str, hash: &[u8], expires_at: i64) -> Result<bool> {
    Ok(tx.execute(&INSERT, params![hash, realm, expires_at]).await? > 0)
}

/// Deletes a batch of expired challenges of all realms, oldest first. Returns how many were deleted.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await?)
}
