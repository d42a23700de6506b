//! Records, finds, lists and removes events.

use std::sync::Arc;

use gantry_crypto::id;
use gantry_db::Tx;

use super::filters::{FilterIds, require_known_subjects};
use super::store::{self, Event, Filter};
use super::{EventType, Subject};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::form_submissions;
use crate::notifications;
use crate::page::{BATCH, Listed, Offer, Page};
use crate::realms::Realm;
use crate::words::Word;

/// Sort orders and page size of the list of events.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: true, most: 1000 };

/// Default time range of a list: 30 days.
const DEFAULT_REACH_MS: i64 = 30 * DAY_MS;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Filters of a list of events, as the caller sent them.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// About this user.
    pub user: Option<&'a str>,
    /// About this org.
    pub org: Option<&'a str>,
    /// About this membership.
    pub membership: Option<&'a str>,
    /// About this app hook.
    pub app_hook: Option<&'a str>,
    /// About this auth provider.
    pub auth_provider: Option<&'a str>,
    /// About this Connected App.
    pub connected_app: Option<&'a str>,
    /// Time of the oldest event. Default: 30 days ago.
    pub since: Since,
    /// Event types, or prefixes of them up to a dot. Empty: all types.
    pub types: Vec<&'a str>,
}

/// Lower time bound of a list.
#[derive(Debug, Default, Clone, Copy)]
pub enum Since {
    /// 30 days ago.
    #[default]
    Default,
    /// No bound.
    Ever,
    /// This time, in epoch milliseconds.
    Ms(i64),
}

/// Records an event in the transaction of its change, with a notification for each hook that follows it.
pub(crate) async fn record(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    event_type: EventType,
    subject: Subject<'_>,
) -> Result<Event> {
    form_submissions::spend(core, tx, realm, actor).await?;
    let now = core.clock.now_ms();
    let owned = |id: Option<&str>| id.map(str::to_owned);
    let event = Event {
        id: core.new_id("ev", now),
        account_id: realm.account_id.clone(),
        realm_id: realm.id.clone(),
        event_type: event_type.as_str().to_owned(),
        event_at: now,
        app_hook_id: owned(subject.app_hook),
        auth_provider_id: owned(subject.auth_provider),
        connected_app_id: owned(subject.connected_app),
        membership_id: owned(subject.membership),
        org_id: owned(subject.org),
        user_id: owned(subject.user),
        request_ip: actor.origin.ip.clone(),
        request_client: actor.origin.client.clone(),
        reason: subject.reason.map(|reason| reason.as_str().to_owned()),
        login_name: owned(subject.login_name),
    };
    store::insert(tx, &event).await?;
    notifications::record(core, tx, realm, &event, subject).await?;
    core.configuration.changes_with(tx, event_type);
    let metrics = Arc::clone(&core.metrics);
    tx.afterwards(move || metrics.event(event_type));
    Ok(event)
}

/// Returns the event of a notification, for the delivery worker. Rights are not checked.
pub async fn told(core: &Core, realm_id: &str, id: &str) -> Result<Option<Event>> {
    store::find(&core.db, realm_id, id).await
}

/// Returns one event of the realm.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Event> {
    actor.need(Access::Read)?;
    store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("event"))
}

/// Lists the realm's events, newest first by default.
pub async fn list(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    wanted: &Wanted<'_>,
    page: &Page,
) -> Result<Listed<Event>> {
    actor.need(Access::Read)?;
    let since_ms = match wanted.since {
        Since::Default => Some(core.clock.now_ms() - DEFAULT_REACH_MS),
        Since::Ever => None,
        Since::Ms(since) => Some(since),
    };
    let ids = FilterIds::resolve(core, realm, actor, wanted).await?;
    let filter = ids.filter(wanted, since_ms);
    let events = of_types(core, realm, filter, wanted, page).await?;
    if events.is_empty() {
        require_known_subjects(core, realm, actor, &filter).await?;
    }
    Ok(page.listed(events))
}

/// Returns the events of the page and the next one, of all types or of the wanted types.
async fn of_types(
    core: &Core,
    realm: &Realm,
    mut filter: Filter<'_>,
    wanted: &Wanted<'_>,
    page: &Page,
) -> Result<Vec<Event>> {
    if wanted.types.is_empty() {
        return store::list(&core.db, &realm.id, &filter, page).await;
    }
    // Reads a page of each type and merges them: the first events overall are among the first ones of each type.
    let mut events: Vec<Event> = Vec::new();
    for event_type in EventType::TEXTS.iter().filter(|known| wanted.types.iter().any(|text| begins(known, text))) {
        filter.event_type = Some(event_type);
        events.extend(store::list(&core.db, &realm.id, &filter, page).await?);
    }
    events.sort_by(|a, b| if page.descending { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) });
    Ok(events)
}

/// Returns whether the type equals `text` or continues it after a dot.
fn begins(event_type: &str, text: &str) -> bool {
    let rest = event_type.strip_prefix(text.trim_end_matches('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Removes up to one batch of events older than the realm's retention period. Returns whether there may be more.
pub async fn remove_old(core: &Core, realm: &Realm) -> Result<bool> {
    if realm.event_days == 0 {
        return Ok(false);
    }
    let before = id::least("ev", core.clock.now_ms() - realm.event_days * DAY_MS);
    let mut tx = core.db.begin().await?;
    let removed = store::delete_old(&mut tx, &realm.id, &before).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
