//! SQL of failed attempts.

use gantry_db::{Query, Tx, params, row, statements};

use super::count::{FailureCount, PASSWORD};
use crate::error::Result;
use crate::page::BATCH;
use crate::tries::Quota;

row! {
    /// A count after a failure.
    pub(super) struct Counted {
        /// When the count is empty, in epoch milliseconds.
        pub empty_at: i64,
        /// When the limit was first reached since the count was empty, in epoch milliseconds; none if it was not.
        pub locked_at: Option<i64>,
    }
}

row! {
    struct End { empty_at: i64 }
}

row! {
    /// Key of a count.
    pub(super) struct Counter {
        pub realm_id: String,
        pub subject: String,
        counter: String,
    }
}

impl Counter {
    pub(super) fn is_of_passwords(&self) -> bool {
        self.counter == PASSWORD
    }
}

/// Subquery of the failures of the user `u`, in the format that [`StoredFailures`](super::StoredFailures) parses.
pub(crate) const FAILURES: &str = "(SELECT STRING_AGG(f.counter || ' ' || f.empty_at, ',') FROM failed_attempts f
        WHERE f.realm_id = u.realm_id AND f.subject = u.id) AS failed_attempts";

statements! {
    /// `$4`: now; `$5`: milliseconds of a slot; `$6`: latest end of a count that has a slot left.
    COUNT: Counted = "INSERT INTO failed_attempts (realm_id, subject, counter, empty_at, locked_at)
        VALUES ($1, $2, $3, CAST($4 AS BIGINT) + CAST($5 AS BIGINT),
            CASE WHEN CAST($4 AS BIGINT) + CAST($5 AS BIGINT) > CAST($6 AS BIGINT) THEN CAST($4 AS BIGINT) END)
        ON CONFLICT (realm_id, subject, counter) DO UPDATE SET
            empty_at = CASE WHEN failed_attempts.empty_at > $4 THEN failed_attempts.empty_at ELSE $4 END + $5,
            locked_at = CASE WHEN failed_attempts.empty_at > $4 AND failed_attempts.locked_at IS NOT NULL
                    THEN failed_attempts.locked_at
                WHEN CASE WHEN failed_attempts.empty_at > $4 THEN failed_attempts.empty_at ELSE $4 END + $5 > $6
                    THEN CAST($4 AS BIGINT) END
        WHERE failed_attempts.empty_at <= $6
        RETURNING empty_at, locked_at";
    END: End = "SELECT empty_at FROM failed_attempts WHERE realm_id = $1 AND subject = $2 AND counter = $3";
    CLEAR: () = "DELETE FROM failed_attempts WHERE realm_id = $1 AND subject = $2 AND counter = $3";
    CLEAR_ALL: () = "DELETE FROM failed_attempts WHERE realm_id = $1 AND subject = $2";
    DELETE_EXPIRED: () = "DELETE FROM failed_attempts WHERE (realm_id, subject, counter) IN
        (SELECT realm_id, subject, counter FROM failed_attempts WHERE empty_at <= $1 ORDER BY empty_at LIMIT 200)";
    /// Bounds ends that are later than the current clock can write.
    BOUND: Counter = "UPDATE failed_attempts SET empty_at = $1 WHERE (realm_id, subject, counter) IN
        (SELECT realm_id, subject, counter FROM failed_attempts WHERE empty_at > $1 ORDER BY empty_at LIMIT 200)
        RETURNING realm_id, subject, counter";
}

/// Counts a failure. Returns `None` if the quota is used up.
pub(super) async fn count(tx: &mut Tx, count: &FailureCount, quota: Quota, now_ms: i64) -> Result<Option<Counted>> {
    let latest = now_ms + quota.full_ms() - quota.slot_ms();
    let values = params![&count.realm_id, &count.subject, &count.counter, now_ms, quota.slot_ms(), latest];
    Ok(tx.row(&COUNT, values).await?)
}

/// Returns when the count is empty, in epoch milliseconds.
pub(super) async fn empty_at(q: impl Query, count: &FailureCount) -> Result<Option<i64>> {
    let found = q.row(&END, params![&count.realm_id, &count.subject, &count.counter]).await?;
    Ok(found.map(|end: End| end.empty_at))
}

pub(super) async fn clear(tx: &mut Tx, count: &FailureCount) -> Result<()> {
    tx.execute(&CLEAR, params![&count.realm_id, &count.subject, &count.counter]).await?;
    Ok(())
}

/// Clears all counts of a user.
pub(super) async fn clear_all(tx: &mut Tx, realm: &str, user: &str) -> Result<()> {
    tx.execute(&CLEAR_ALL, params![realm, user]).await?;
    Ok(())
}

/// Deletes a batch of empty counts of all realms. Returns whether there may be more.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await? == BATCH)
}

/// Resets a batch of counts of all realms that end later than `latest_ms` to that time, and returns them.
pub(super) async fn bound(tx: &mut Tx, latest_ms: i64) -> Result<Vec<Counter>> {
    Ok(tx.rows(&BOUND, params![latest_ms]).await?)
}
