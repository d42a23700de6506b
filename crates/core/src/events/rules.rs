//! Recording and reading events.

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

/// How the list of events may be asked for.
pub const OFFER: Offer = Offer { sorts: &["id"], descending: true, most: 1000 };

/// How far back a list goes when nothing else was asked for.
const DEFAULT_REACH_MS: i64 = 30 * DAY_MS;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Which events are wanted.
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
    /// Not before this; without it 30 days back.
    pub since: Since,
    /// Types, or left parts of types up to a dot; none means all.
    pub types: Vec<&'a str>,
}

/// The list's bound in time.
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

/// Writes the event into the transaction of the change that it tells of, with a notification for each hook that follows
/// it.
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

/// The event of a notification, for whoever delivers it.
pub async fn told(core: &Core, realm_id: &str, id: &str) -> Result<Option<Event>> {
    store::find(&core.db, realm_id, id).await
}

/// One event of the realm.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, id: &str) -> Result<Event> {
    actor.need(Access::Read)?;
    store::find(&core.db, &realm.id, id).await?.ok_or(Error::NotFound("event"))
}

/// The realm's events, the newest first unless asked otherwise.
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

/// The first events of the page and the one behind it, of all types or of the wanted ones.
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
    // Each type's own page, merged. The union of the heads holds the head of the union.
    let mut events: Vec<Event> = Vec::new();
    for event_type in EventType::TEXTS.iter().filter(|known| wanted.types.iter().any(|text| begins(known, text))) {
        filter.event_type = Some(event_type);
        events.extend(store::list(&core.db, &realm.id, &filter, page).await?);
    }
    events.sort_by(|a, b| if page.descending { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) });
    Ok(events)
}

/// Whether the type is `text`, or continues it behind a dot.
fn begins(event_type: &str, text: &str) -> bool {
    let rest = event_type.strip_prefix(text.trim_end_matches('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Removes up to a batch of the realm's events that are older than it keeps them. Whether there may be more.
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
