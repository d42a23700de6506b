//! Stores emails and reads them. Only the operator of the installation reads them, at the command line.

use gantry_crypto::id;
use secrecy::SecretSlice;

use super::store::{self, Kept};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::page::BATCH;

/// How long an email is kept.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Stored email.
pub struct Mail {
    /// Id of the notification that the email delivers.
    pub id: String,
    /// `rl_…`
    pub realm_id: String,
    /// Email address.
    pub recipient: String,
    /// RFC 5322 message.
    pub message: SecretSlice<u8>,
    /// Epoch milliseconds.
    pub created_at: i64,
}

fn place(id: &str) -> String {
    format!("outbox_mails/{id}/message")
}

/// Stores an email. Storing an id again changes nothing.
pub async fn keep(core: &Core, (id, realm_id, recipient): (&str, &str, &str), message: &[u8]) -> Result<()> {
    let kept = Kept {
        id: id.to_owned(),
        realm_id: realm_id.to_owned(),
        recipient: recipient.to_owned(),
        message: core.master.seal(&place(id), message, &core.random),
        created_at: core.clock.now_ms(),
    };
    let mut tx = core.db.begin().await?;
    store::keep(&mut tx, &kept).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns the newest emails of all realms.
pub async fn list(core: &Core, most: i64) -> Result<Vec<Mail>> {
    store::newest(&core.db, most).await?.into_iter().map(|kept| opened(core, kept)).collect()
}

/// Returns the email with this id.
pub async fn read(core: &Core, id: &str) -> Result<Mail> {
    let kept = store::find(&core.db, id).await?.ok_or(Error::NotFound("mail"))?;
    opened(core, kept)
}

fn opened(core: &Core, kept: Kept) -> Result<Mail> {
    let message = core.master.open(&place(&kept.id), &kept.message).map_err(Error::internal)?;
    Ok(Mail {
        id: kept.id,
        realm_id: kept.realm_id,
        recipient: kept.recipient,
        message: message.to_vec().into(),
        created_at: kept.created_at,
    })
}

/// Removes up to a batch of emails that are a week old. Returns whether more may remain.
pub async fn remove_old(core: &Core) -> Result<bool> {
    let before = id::least("ent", core.clock.now_ms() - KEPT_MS);
    let mut tx = core.db.begin().await?;
    let removed = store::delete_old(&mut tx, &before).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
