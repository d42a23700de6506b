//! Tests a hook, replays its notifications and rotates its signing secret.

use super::rules::{Shown, reached, shown};
use super::store::{self, AppHook};
use super::{HookType, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, Event, EventType, Subject};
use crate::fields::Fields;
use crate::notifications::{self, Replay};
use crate::realms::{self, Realm};
use crate::words::State;

/// How long the previous secret also signs: a receiver has one day to adopt the new one.
const OVERLAP_MS: i64 = 24 * 60 * 60 * 1000;

/// Tests a hook. A webhook receives a `ping` event like any other event; an email hook sends a mail with sample data to
/// the address `email`.
pub async fn ping(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str, mut sent: Fields) -> Result<Event> {
    actor.need(Access::AdminRealm)?;
    let (hook, realm) = at_work(core, actor, realm_id, id).await?;
    if hook.state == State::Inactive {
        sent.error("state", "inactive", "State is inactive: an inactive hook sends nothing");
    }
    let to = match hook.hook_type {
        HookType::Webhook => None,
        HookType::Email => fields::recipient(&mut sent),
    };
    sent.finish()?;
    let mut tx = core.db.begin().await?;
    let event = events::record(core, &mut tx, &realm, actor, EventType::Ping, Subject::app_hook(id)).await?;
    if let Some(to) = to {
        notifications::record_sample(core, &mut tx, &event, &hook, &to).await?;
    }
    tx.commit().await?;
    Ok(event)
}

/// Returns the templates of subject and body of an email hook.
pub fn mail_of(hook: &AppHook) -> Result<(&str, &str)> {
    match (hook.hook_type, &hook.email_subject, &hook.email_template) {
        (HookType::Email, Some(subject), Some(template)) => Ok((subject, template)),
        _ => Err(Error::invalid("hook_type", "not_an_email", "Hook type must be email for this")),
    }
}

/// Gives a webhook a new signing secret. The previous one also signs for one more day.
pub async fn rotate_secret(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<Shown> {
    actor.need(Access::AdminRealm)?;
    let account = reached(core, actor, realm_id, id).await?.account_id.unwrap_or_default();
    let mut tx = core.db.begin().await?;
    let mut hook = store::lock(&mut tx, &account, id).await?.ok_or(Error::NotFound("app hook"))?;
    must_be_webhook(hook.hook_type)?;
    hook.previous_secret = hook.secret.replace(fields::fresh_secret(core, id));
    hook.previous_secret_until = Some(core.clock.now_ms() + OVERLAP_MS);
    store::update(&mut tx, &hook).await?;
    super::rules::record(core, &mut tx, actor, &hook, EventType::AppHookUpdated).await?;
    tx.commit().await?;
    shown(core, actor, hook)
}

/// Replays finished notifications of a webhook in the realm: the one with `notification_id`, or all between the times
/// `from` and `until` (default: now). Returns how many are sent again.
pub async fn replay(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str, mut sent: Fields) -> Result<u64> {
    actor.need(Access::AdminRealm)?;
    let (hook, realm) = at_work(core, actor, realm_id, id).await?;
    must_be_webhook(hook.hook_type)?;
    let one = sent.line("notification_id", 100).value();
    let (from, until) = (sent.time_ms("from").value(), sent.time_ms("until").value());
    if one.is_some() == from.is_some() {
        sent.error("base", "blank", "Send either notification_id or from");
    }
    sent.finish()?;
    let until = until.unwrap_or_else(|| core.clock.now_ms());
    let what = one.map_or(Replay::Between(from.unwrap_or(until), until), Replay::One);
    notifications::replay(core, &realm, id, what).await
}

/// Returns the hook and its realm; for a hook of all realms, the named realm.
async fn at_work(core: &Core, actor: &Actor, realm_id: Option<&str>, id: &str) -> Result<(AppHook, Realm)> {
    let hook = reached(core, actor, realm_id, id).await?;
    let realm = realms::enter(core, actor, realm_id.or(hook.realm_id.as_deref()), None).await?;
    Ok((hook, realm))
}

fn must_be_webhook(hook_type: HookType) -> Result<()> {
    if hook_type == HookType::Webhook {
        return Ok(());
    }
    Err(Error::invalid("hook_type", "not_a_webhook", "Hook type must be webhook for this"))
}
