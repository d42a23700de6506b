//! SQL of the outbox.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::page::LAST;

row! {
    /// Stored email.
    pub(super) struct Kept {
        /// Id of the notification.
        pub id: String,
        pub realm_id: String,
        /// Email address.
        pub recipient: String,
        /// RFC 5322 message, sealed.
        pub message: Vec<u8>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

statements! {
    KEEP: () = "INSERT INTO outbox_mails (", Kept::COLUMNS, ") VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    NEWEST: Kept = "SELECT ", Kept::COLUMNS, " FROM outbox_mails WHERE id < $1 ORDER BY id DESC LIMIT $2";
    FIND: Kept = "SELECT ", Kept::COLUMNS, " FROM outbox_mails WHERE id = $1";
    DELETE_OLD: () = "DELETE FROM outbox_mails WHERE id IN
        (SELECT id FROM outbox_mails WHERE id < $1 ORDER BY id LIMIT 200)";
}

pub(super) async fn keep(tx: &mut Tx, mail: &Kept) -> Result<()> {
    let values = params![&mail.id, &mail.realm_id, &mail.recipient, &mail.message, mail.created_at];
    tx.execute(&KEEP, values).await?;
    Ok(())
}

pub(super) async fn newest(q: impl Query, most: i64) -> Result<Vec<Kept>> {
    Ok(q.rows(&NEWEST, params![LAST, most]).await?)
}

pub(super) async fn find(q: impl Query, id: &str) -> Result<Option<Kept>> {
    Ok(q.row(&FIND, params![id]).await?)
}

/// Deletes old emails with ids below this one. Returns how many were deleted.
pub(super) async fn delete_old(tx: &mut Tx, before: &str) -> Result<u64> {
    Ok(tx.execute(&DELETE_OLD, params![before]).await?)
}
