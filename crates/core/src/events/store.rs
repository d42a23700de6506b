//! SQL of events.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    /// One event.
    #[derive(Debug, Clone)]
    pub struct Event {
        /// `ev_…`
        pub id: String,
        /// The account that owns the realm; none for the system realm.
        pub account_id: Option<String>,
        /// The realm it happened in.
        pub realm_id: String,
        /// E.g. `user.created`.
        pub event_type: String,
        /// Epoch milliseconds.
        pub event_at: i64,
        /// `hk_…`
        pub app_hook_id: Option<String>,
        /// `ap_…`
        pub auth_provider_id: Option<String>,
        /// `lpl_…`
        pub connected_app_id: Option<String>,
        /// `mb_…`
        pub membership_id: Option<String>,
        /// `org_…`
        pub org_id: Option<String>,
        /// `usr_…`
        pub user_id: Option<String>,
        /// The end user's address.
        pub request_ip: Option<String>,
        /// The end user's client.
        pub request_client: Option<String>,
    }
}

/// Which events are wanted; `None` sets no bound.
#[derive(Debug, Default)]
pub(super) struct Filter<'a> {
    pub user: Option<&'a str>,
    pub org: Option<&'a str>,
    pub membership: Option<&'a str>,
    pub app_hook: Option<&'a str>,
    pub auth_provider: Option<&'a str>,
    pub connected_app: Option<&'a str>,
    pub since_ms: Option<i64>,
    /// A type, or its left part up to a dot, with the text just behind all types that begin so.
    pub types: Option<(String, String)>,
}

const FILTERED: &str = " FROM events
    WHERE realm_id = $1
    AND (CAST($2 AS TEXT) IS NULL OR user_id = $2)
    AND (CAST($3 AS TEXT) IS NULL OR org_id = $3)
    AND (CAST($4 AS TEXT) IS NULL OR membership_id = $4)
    AND (CAST($5 AS TEXT) IS NULL OR app_hook_id = $5)
    AND (CAST($6 AS TEXT) IS NULL OR auth_provider_id = $6)
    AND (CAST($7 AS TEXT) IS NULL OR connected_app_id = $7)
    AND (CAST($8 AS BIGINT) IS NULL OR event_at >= $8)
    AND (CAST($9 AS TEXT) IS NULL OR (event_type >= $9 AND event_type < $10))";

statements! {
    INSERT: () = "INSERT INTO events (", Event::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    FIND: Event = "SELECT ", Event::COLUMNS, " FROM events WHERE realm_id = $1 AND id = $2";
    NEWEST: Event = "SELECT ", Event::COLUMNS, FILTERED, " AND (CAST($11 AS TEXT) IS NULL OR id < $11) ORDER BY id DESC LIMIT $12";
    OLDEST: Event = "SELECT ", Event::COLUMNS, FILTERED, " AND (CAST($11 AS TEXT) IS NULL OR id > $11) ORDER BY id LIMIT $12";
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
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<Event>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

pub(super) async fn list(
    q: impl Query,
    realm: &str,
    filter: &Filter<'_>,
    (after, descending, limit): (Option<&str>, bool, i64),
) -> Result<Vec<Event>> {
    let values = params![
        realm,
        filter.user,
        filter.org,
        filter.membership,
        filter.app_hook,
        filter.auth_provider,
        filter.connected_app,
        filter.since_ms,
        filter.types.as_ref().map(|(from, _)| from.as_str()),
        filter.types.as_ref().map(|(_, to)| to.as_str()),
        after,
        limit,
    ];
    Ok(q.rows(if descending { &NEWEST } else { &OLDEST }, values).await?)
}

pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    Ok(())
}
