//! Writing the notifications of an event, in its transaction.

use std::sync::Arc;

use gantry_db::Tx;

use super::Progress;
use super::content::Content;
use super::store::{self, Notification};
use crate::app_hooks::{self, AppHook, Follower, HookType, HookUsers};
use crate::core::Core;
use crate::error::Result;
use crate::events::{Event, EventType, Subject};
use crate::realms::Realm;
use crate::users::{self, User, UserType};
use crate::words::Word as _;

/// Maximum milliseconds until a notification that waits for another is looked at again. Usually it is released as soon
/// as the other one is finished.
pub(super) const BEHIND_MS: i64 = 15_000;

/// Writes a notification for each hook that follows the event; for a ping, only for the hook that is tried out.
pub(crate) async fn record(core: &Core, tx: &mut Tx, realm: &Realm, event: &Event, subject: Subject<'_>) -> Result<()> {
    let followers = app_hooks::followers(&mut *tx, realm, event).await?;
    let mails = followers.iter().any(|follower| follower.hook_type == HookType::Email);
    let user = match &event.user_id {
        Some(id) if mails => users::row(&mut *tx, &realm.id, id).await?,
        _ => None,
    };
    let needs_token = EventType::parse(&event.event_type).is_some_and(EventType::needs_token);
    if let (Some(user), true) = (&user, needs_token) {
        replace(tx, realm, event, user).await?;
    }
    for follower in &followers {
        let mut notification = fresh(core, event, (&follower.id, follower.hook_type), follower.delay);
        if follower.hook_type == HookType::Email {
            let Some(user) = user.as_ref().filter(|user| is_for(follower.user_type, user)) else { continue };
            // The token was returned to the caller instead, and the page that a mail links to needs it.
            if needs_token && subject.token.is_none() {
                continue;
            }
            address(core, &mut notification, follower, user, subject)?;
        }
        write(core, tx, event, &notification).await?;
    }
    Ok(())
}

/// Cancels unsent mails that a new mail with a one-time token replaces: their tokens may have ended, and the user would
/// receive them before the newest.
async fn replace(tx: &mut Tx, realm: &Realm, event: &Event, user: &User) -> Result<()> {
    let owner = (realm.id.as_str(), realm.account_id.as_deref());
    store::cancel_replaced(tx, owner, &user.id, &event.event_type, "canceled: replaced by a newer one").await
}

/// Writes a mail with sample data, to try the hook out.
pub(crate) async fn record_sample(core: &Core, tx: &mut Tx, event: &Event, hook: &AppHook, to: &str) -> Result<()> {
    let mut notification = fresh(core, event, (&hook.id, hook.hook_type), 0);
    notification.content = Some(Content::sample(to).sealed(core, &notification.id)?);
    write(core, tx, event, &notification).await
}

/// Inserts the notification, and rings the bell after the commit.
async fn write(core: &Core, tx: &mut Tx, event: &Event, notification: &Notification) -> Result<()> {
    let behind = store::insert(tx, notification, event.event_at + BEHIND_MS).await?;
    let bell = Arc::clone(&core.bell);
    let (hook, lane) = (notification.app_hook_id.clone(), behind.then(|| notification.lane.clone()));
    tx.afterwards(move || bell.ring(hook, lane));
    Ok(())
}

/// Returns a notification for this hook, to be attempted after `delay` seconds.
fn fresh(core: &Core, event: &Event, (hook, hook_type): (&str, HookType), delay: i64) -> Notification {
    let ready_at = event.event_at + delay * 1000;
    let subject = event.user_id.as_ref().or(event.org_id.as_ref()).unwrap_or(&event.realm_id);
    Notification {
        id: core.new_id("ent", event.event_at),
        event_id: event.id.clone(),
        realm_id: event.realm_id.clone(),
        app_hook_id: hook.to_owned(),
        hook_type,
        lane: subject.clone(),
        state: Progress::Unfinished,
        attempts: 0,
        ready_at,
        due_at: Some(ready_at),
        last_attempt_at: None,
        last_destination: None,
        last_result: None,
        content: None,
    }
}

fn is_for(wanted: HookUsers, user: &User) -> bool {
    match wanted {
        HookUsers::All => true,
        HookUsers::Human => user.user_type == UserType::Human,
        HookUsers::Api => user.user_type == UserType::Api,
    }
}

/// Sets the mail's content. A mail without a recipient is canceled at once, with the reason as its result.
fn address(
    core: &Core,
    notification: &mut Notification,
    follower: &Follower,
    user: &User,
    subject: Subject<'_>,
) -> Result<()> {
    let Some(to) = follower.email_to.as_deref().or(user.email.as_deref()) else {
        notification.state = Progress::Canceled;
        notification.due_at = None;
        notification.last_result = Some("skipped: the user has no email address".to_owned());
        return Ok(());
    };
    notification.content = Some(Content::of(user, to, subject).sealed(core, &notification.id)?);
    Ok(())
}
