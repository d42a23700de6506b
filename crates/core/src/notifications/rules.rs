//! Reading, cancelling and replaying notifications.

use gantry_crypto::id;
use gantry_db::Tx;

use super::Progress;
use super::content::Content;
use super::store::{self, Notification};
use crate::app_hooks::HookType;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::Event;
use crate::page::BATCH;
use crate::realms::Realm;

/// Notifications that a hook sends again.
#[derive(Debug)]
pub enum Replay {
    /// One notification, by id.
    One(String),
    /// All notifications from the first time until before the second, in epoch milliseconds.
    Between(i64, i64),
}

/// Returns the event's notifications, the oldest hook's first. A caller that holds the event may see them.
pub async fn of_event(core: &Core, realm_id: &str, event_id: &str) -> Result<Vec<Notification>> {
    store::of_event(&core.db, realm_id, event_id).await
}

/// Returns whether the event, inside the transaction that records it, causes a mail that will be sent.
pub(crate) async fn has_mail(tx: &mut Tx, event: &Event) -> Result<bool> {
    let notifications = store::of_event(tx, &event.realm_id, &event.id).await?;
    let is_mail = |one: &Notification| one.hook_type == HookType::Email && one.state == Progress::Unfinished;
    Ok(notifications.iter().any(is_mail))
}

/// Opens the content of a mail; `None` once the mail is finished.
pub fn content(core: &Core, notification: &Notification) -> Result<Option<Content>> {
    let sealed = notification.content.as_ref();
    sealed.map(|sealed| Content::opened(core, &notification.id, sealed)).transpose()
}

/// Cancels the hook's undelivered notifications, one batch per transaction.
pub async fn cancel_of_hook(core: &Core, hook: &str, why: &str) -> Result<()> {
    loop {
        let mut tx = core.db.begin().await?;
        let canceled = store::cancel_of_hook(&mut tx, hook, why).await?;
        tx.commit().await?;
        if canceled < BATCH {
            return Ok(());
        }
    }
}

/// Requeues finished notifications of a webhook. Returns their number. Mails are not replayed: their content is erased.
pub async fn replay(core: &Core, realm: &Realm, hook: &str, replay: Replay) -> Result<u64> {
    let now = core.clock.now_ms();
    let again = match replay {
        Replay::One(id) => {
            let mut tx = core.db.begin().await?;
            let again = store::replay_one(&mut tx, hook, &realm.id, &id, now).await?;
            tx.commit().await?;
            if !again {
                return Err(Error::NotFound("finished notification of this hook"));
            }
            1
        }
        Replay::Between(from, until) => between(core, &realm.id, hook, (from, until), now).await?,
    };
    core.bell.ring(hook.to_owned(), None);
    Ok(again)
}

async fn between(core: &Core, realm: &str, hook: &str, (from, until): (i64, i64), now: i64) -> Result<u64> {
    let (mut after, end) = (id::least("ent", from), id::least("ent", until));
    let mut again = 0;
    loop {
        let mut tx = core.db.begin().await?;
        let page = store::replay(&mut tx, (realm, hook), (&after, &end), now).await?;
        tx.commit().await?;
        let Some((last, went)) = page else { return Ok(again) };
        (after, again) = (last, again + went);
    }
}
