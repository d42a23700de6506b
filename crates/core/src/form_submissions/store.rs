//! SQL of form submissions.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    /// Stored state of a submission.
    pub(super) struct SubmissionRow {
        /// Sealed response; none until it is stored.
        pub answer: Option<Vec<u8>>,
    }
}

statements! {
    INSERT: () = "INSERT INTO form_submissions (realm_id, submission_hash, answer, expires_at) VALUES ($1, $2, NULL, $3)
        ON CONFLICT (realm_id, submission_hash) DO UPDATE SET answer = NULL, expires_at = excluded.expires_at
        WHERE form_submissions.expires_at <= $4";
    FIND: SubmissionRow = "SELECT answer FROM form_submissions
        WHERE realm_id = $1 AND submission_hash = $2 AND expires_at > $3";
    SET_ANSWER: () = "UPDATE form_submissions SET answer = $3 WHERE realm_id = $1 AND submission_hash = $2";
    DELETE_EXPIRED: () = "DELETE FROM form_submissions WHERE (realm_id, submission_hash) IN
        (SELECT realm_id, submission_hash FROM form_submissions WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
}

/// Inserts a submission. Returns `false` if it exists and has not expired.
pub(super) async fn insert(tx: &mut Tx, realm: &str, hash: &[u8], expires_at: i64, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&INSERT, params![realm, hash, expires_at, now_ms]).await? > 0)
}

pub(super) async fn find(q: impl Query, realm: &str, hash: &[u8], now_ms: i64) -> Result<Option<SubmissionRow>> {
    Ok(q.row(&FIND, params![realm, hash, now_ms]).await?)
}

pub(super) async fn set_answer(q: impl Query, realm: &str, hash: &[u8], answer: &[u8]) -> Result<()> {
    q.execute(&SET_ANSWER, params![realm, hash, answer]).await?;
    Ok(())
}

/// Deletes a batch of expired submissions of all realms, the longest expired first. Returns their number.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await?)
}
