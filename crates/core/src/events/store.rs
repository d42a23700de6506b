//! SQL of events.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use crate::error::Result;
use crate::page::{Listable, Page};

row! {
    /// An event.
    #[derive(Debug, Clone)]
    pub struct Event {
        /// Event id, `ev_…`.
        pub id: String,
        /// Account that owns the realm. `None` for the system realm.
        pub account_id: Option<String>,
        /// Realm id, `rl_…`.
        pub realm_id: String,
        /// Event type, e.g. `user.created`.
        pub event_type: String,
        /// Time of the event in epoch milliseconds.
        pub event_at: i64,
        /// App Hook id, `hk_…`.
        pub app_hook_id: Option<String>,
        /// Auth provider id, `ap_…`.
        pub auth_provider_id: Option<String>,
        /// Connected App id, `lpl_…`.
        pub connected_app_id: Option<String>,
        /// Membership id, `mb_…`.
        pub membership_id: Option<String>,
        /// Org id, `org_…`.
        pub org_id: Option<String>,
        /// User id, `usr_…`.
        pub user_id: Option<String>,
        /// IP address of the end user.
        pub request_ip: Option<String>,
        /// User agent or app name of the end user.
        pub request_client: Option<String>,
        /// Reason why a login failed or a user was locked out.
        pub reason: Option<String>,
        /// Username or email address of a login attempt.
        pub login_name: Option<String>,
    }
}

/// Resolved filters of a list of events. `None`: not filtered.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Filter<'a> {
    pub user: Option<&'a str>,
    pub org: Option<&'a str>,
    pub membership: Option<&'a str>,
    pub app_hook: Option<&'a str>,
    pub auth_provider: Option<&'a str>,
    pub connected_app: Option<&'a str>,
    pub since_ms: Option<i64>,
    pub event_type: Option<&'static str>,
}

/// Conditions after the leading one. `$1`: realm, `$2`: value of the leading filter, whose index finds the events. The
/// other filters are applied to the events found.
const REST: &str = "
    AND (CAST($3 AS TEXT) IS NULL OR user_id = $3) AND (CAST($4 AS TEXT) IS NULL OR org_id = $4)
    AND (CAST($5 AS TEXT) IS NULL OR membership_id = $5) AND (CAST($6 AS TEXT) IS NULL OR app_hook_id = $6)
    AND (CAST($7 AS TEXT) IS NULL OR auth_provider_id = $7) AND (CAST($8 AS TEXT) IS NULL OR connected_app_id = $8)
    AND (CAST($9 AS BIGINT) IS NULL OR event_at >= $9) AND (CAST($10 AS TEXT) IS NULL OR event_type = $10)";
const DOWN: &str = " AND id < $11 ORDER BY id DESC LIMIT $12";
const UP: &str = " AND id > $11 ORDER BY id LIMIT $12";
const OF_USER: &str = " FROM events WHERE realm_id = $1 AND user_id = $2";
const OF_ORG: &str = " FROM events WHERE realm_id = $1 AND org_id = $2";
const OF_MEMBERSHIP: &str = " FROM events WHERE realm_id = $1 AND membership_id = $2";
const OF_APP_HOOK: &str = " FROM events WHERE realm_id = $1 AND app_hook_id = $2";
const OF_PROVIDER: &str = " FROM events WHERE realm_id = $1 AND auth_provider_id = $2";
const OF_APP: &str = " FROM events WHERE realm_id = $1 AND connected_app_id = $2";
const OF_TYPE: &str = " FROM events WHERE realm_id = $1 AND event_type = $2";
const OF_REALM: &str = " FROM events WHERE realm_id = $1 AND CAST($2 AS TEXT) IS NULL";

/// Oldest events of a realm (`$1`) before an id (`$2`), except those with pending deliveries.
const OLD: &str = "SELECT id FROM events e WHERE e.realm_id = $1 AND e.id < $2 AND NOT EXISTS
    (SELECT 1 FROM notifications n WHERE n.event_id = e.id AND n.due_at IS NOT NULL) ORDER BY e.id LIMIT 200";

impl Listable for Event {
    fn id(&self) -> &str {
        &self.id
    }
}

statements! {
    INSERT: () = "INSERT INTO events (", Event::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    FIND: Event = "SELECT ", Event::COLUMNS, " FROM events WHERE realm_id = $1 AND id = $2";
    DOWN_OF_USER: Event = "SELECT ", Event::COLUMNS, OF_USER, REST, DOWN;
    UP_OF_USER: Event = "SELECT ", Event::COLUMNS, OF_USER, REST, UP;
    DOWN_OF_ORG: Event = "SELECT ", Event::COLUMNS, OF_ORG, REST, DOWN;
    UP_OF_ORG: Event = "SELECT ", Event::COLUMNS, OF_ORG, REST, UP;
    DOWN_OF_MEMBERSHIP: Event = "SELECT ", Event::COLUMNS, OF_MEMBERSHIP, REST, DOWN;
    UP_OF_MEMBERSHIP: Event = "SELECT ", Event::COLUMNS, OF_MEMBERSHIP, REST, UP;
    DOWN_OF_APP_HOOK: Event = "SELECT ", Event::COLUMNS, OF_APP_HOOK, REST, DOWN;
    UP_OF_APP_HOOK: Event = "SELECT ", Event::COLUMNS, OF_APP_HOOK, REST, UP;
    DOWN_OF_PROVIDER: Event = "SELECT ", Event::COLUMNS, OF_PROVIDER, REST, DOWN;
    UP_OF_PROVIDER: Event = "SELECT ", Event::COLUMNS, OF_PROVIDER, REST, UP;
    DOWN_OF_APP: Event = "SELECT ", Event::COLUMNS, OF_APP, REST, DOWN;
    UP_OF_APP: Event = "SELECT ", Event::COLUMNS, OF_APP, REST, UP;
    DOWN_OF_TYPE: Event = "SELECT ", Event::COLUMNS, OF_TYPE, REST, DOWN;
    UP_OF_TYPE: Event = "SELECT ", Event::COLUMNS, OF_TYPE, REST, UP;
    DOWN_OF_REALM: Event = "SELECT ", Event::COLUMNS, OF_REALM, REST, DOWN;
    UP_OF_REALM: Event = "SELECT ", Event::COLUMNS, OF_REALM, REST, UP;
    DELETE_OLD: () = "DELETE FROM events WHERE id IN (", OLD, ")";
    DELETE_NOTIFICATIONS: () = "DELETE FROM notifications WHERE event_id IN (", OLD, ")";
    DELETE_OF_REALM: () = "DELETE FROM events WHERE realm_id = $1";
}

pub(super) async fn insert(tx: &mut Tx, event: &Event) -> Result<()> {
    let values = params![
        &event.id,
        &event.account_id,
        &event.realm_id,
        &event.event_type,
        event.event_at,
        &event.app_hook_id,
        &event.auth_provider_id,
        &event.connected_app_id,
        &event.membership_id,
        &event.org_id,
        &event.user_id,
        &event.request_ip,
        &event.request_client,
        &event.reason,
        &event.login_name,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<Event>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

pub(super) async fn list(q: impl Query, realm: &str, filter: &Filter<'_>, page: &Page) -> Result<Vec<Event>> {
    let ((down, up), leading) = led(filter);
    let start = page.start_by_id()?;
    let values = params![
        realm,
        leading,
        filter.user,
        filter.org,
        filter.membership,
        filter.app_hook,
        filter.auth_provider,
        filter.connected_app,
        filter.since_ms,
        filter.event_type,
        start.id(),
        page.probe(),
    ];
    Ok(q.rows(if page.descending { down } else { up }, values).await?)
}

/// Returns the statements for a filter, descending and ascending, and the value of its leading filter: the most
/// selective one that is set.
fn led<'f>(filter: &Filter<'f>) -> ((&'static Sql<Event>, &'static Sql<Event>), Option<&'f str>) {
    let ways = [
        (filter.membership, (&DOWN_OF_MEMBERSHIP, &UP_OF_MEMBERSHIP)),
        (filter.user, (&DOWN_OF_USER, &UP_OF_USER)),
        (filter.org, (&DOWN_OF_ORG, &UP_OF_ORG)),
        (filter.app_hook, (&DOWN_OF_APP_HOOK, &UP_OF_APP_HOOK)),
        (filter.auth_provider, (&DOWN_OF_PROVIDER, &UP_OF_PROVIDER)),
        (filter.connected_app, (&DOWN_OF_APP, &UP_OF_APP)),
        (filter.event_type, (&DOWN_OF_TYPE, &UP_OF_TYPE)),
    ];
    let asked = ways.into_iter().find(|(value, _)| value.is_some());
    asked.map_or(((&DOWN_OF_REALM, &UP_OF_REALM), None), |(value, statements)| (statements, value))
}

pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    Ok(())
}

/// Deletes a batch of old events with their notifications. Returns how many events were deleted.
pub(super) async fn delete_old(tx: &mut Tx, realm: &str, before: &str) -> Result<u64> {
    tx.execute(&DELETE_NOTIFICATIONS, params![realm, before]).await?;
    Ok(tx.execute(&DELETE_OLD, params![realm, before]).await?)
}
