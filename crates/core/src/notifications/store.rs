//! SQL of notifications.

use gantry_db::{Query, Tx, Value, params, row, statements};

use super::Progress;
use super::outcome::Attempt;
use crate::app_hooks::HookType;
use crate::error::Result;

row! {
    /// Notification of one event for one hook.
    #[derive(Debug, Clone)]
    pub struct Notification {
        /// `ent_…`
        pub id: String,
        /// `ev_…`
        pub event_id: String,
        /// `rl_…`
        pub realm_id: String,
        /// `hk_…`
        pub app_hook_id: String,
        /// Type of the hook: webhook or email.
        pub hook_type: HookType,
        /// Ordering key within the hook: id of the event's user, org or realm.
        pub lane: String,
        /// State of the delivery.
        pub state: Progress,
        /// Number of attempts begun.
        pub attempts: i64,
        /// Earliest time of the first attempt, in epoch milliseconds.
        pub ready_at: i64,
        /// When it is looked at next, in epoch milliseconds; none: finished.
        pub due_at: Option<i64>,
        /// When the last attempt began, in epoch milliseconds.
        pub last_attempt_at: Option<i64>,
        /// Destination of the last attempt, without secrets.
        pub last_destination: Option<String>,
        /// Result of the last attempt as one line of text.
        pub last_result: Option<String>,
        /// A mail's content, sealed.
        pub(crate) content: Option<Vec<u8>>,
    }
}

row! {
    struct Due { due_at: Option<i64> }
}

row! {
    struct Hook { app_hook_id: Option<String> }
}

row! {
    struct Id { id: String }
}

row! {
    /// Backlog of all realms.
    #[derive(Debug, Clone, Copy)]
    pub struct Backlog {
        /// Number of unfinished notifications.
        pub unfinished: i64,
        /// Due time of the most overdue one, in epoch milliseconds; none: nothing is due.
        pub due_since: Option<i64>,
    }
}

/// Selects an earlier unfinished notification of the same hook and lane.
const BEHIND: &str = "(SELECT 1 FROM notifications f WHERE f.app_hook_id = n.app_hook_id AND f.lane = n.lane
    AND f.due_at IS NOT NULL AND f.id < n.id)";

/// Maximum attempts of one hook that one statement begins.
pub const MOST_BEGUN: usize = 16;

/// Number of values per statement. If there are fewer, the last one fills the remaining placeholders.
pub(super) const AT_ONCE: usize = 16;

statements! {
    INSERT: Due = "INSERT INTO notifications (", Notification::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
        CASE WHEN CAST($10 AS BIGINT) < CAST($15 AS BIGINT) AND
            (SELECT MIN(id) FROM notifications WHERE app_hook_id = $4 AND lane = $6 AND due_at IS NOT NULL) IS NOT NULL
        THEN CAST($15 AS BIGINT) ELSE CAST($10 AS BIGINT) END, $11, $12, $13, $14) RETURNING due_at";
    OF_EVENT: Notification = "SELECT ", Notification::COLUMNS, " FROM notifications
        WHERE realm_id = $1 AND event_id = $2 ORDER BY id";
    BEGIN: Notification = "WITH due AS MATERIALIZED
            (SELECT id FROM (SELECT id FROM notifications n WHERE app_hook_id = $1 AND due_at <= $2 AND NOT EXISTS ",
            BEHIND, " ORDER BY due_at LIMIT 16 FOR UPDATE SKIP LOCKED) first LIMIT $4)
        UPDATE notifications SET attempts = attempts + 1, last_attempt_at = $2, due_at = $3
        WHERE id IN (SELECT id FROM due) RETURNING ", Notification::COLUMNS;
    FINISH: () = "UPDATE notifications SET state = $2, due_at = NULL, content = NULL, last_destination = $3,
        last_result = $4 WHERE realm_id = $1 AND due_at IS NOT NULL AND id IN
        ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, $20)";
    POSTPONE: () = "UPDATE notifications SET due_at = $4, last_destination = $5, last_result = $6
        WHERE id = $1 AND realm_id = $2 AND due_at IS NOT NULL AND attempts = $3";
    RELEASE: () = "WITH lanes (lane) AS (VALUES
            (CAST($2 AS TEXT)), (CAST($3 AS TEXT)), (CAST($4 AS TEXT)), (CAST($5 AS TEXT)),
            (CAST($6 AS TEXT)), (CAST($7 AS TEXT)), (CAST($8 AS TEXT)), (CAST($9 AS TEXT)),
            (CAST($10 AS TEXT)), (CAST($11 AS TEXT)), (CAST($12 AS TEXT)), (CAST($13 AS TEXT)),
            (CAST($14 AS TEXT)), (CAST($15 AS TEXT)), (CAST($16 AS TEXT)), (CAST($17 AS TEXT)))
        UPDATE notifications SET due_at = ready_at WHERE attempts = 0 AND due_at > ready_at AND id IN
            (SELECT (SELECT MIN(n.id) FROM notifications n
                WHERE n.app_hook_id = $1 AND n.lane = lanes.lane AND n.due_at IS NOT NULL) FROM lanes)";
    WAIT_ON: () = "UPDATE notifications SET due_at = $3 WHERE id IN
        (SELECT id FROM notifications n WHERE app_hook_id = $1 AND due_at <= $2 AND EXISTS ", BEHIND, "
        ORDER BY due_at LIMIT 200)";
    BUSY_HOOKS: Hook = "WITH RECURSIVE busy (app_hook_id) AS
            (SELECT MIN(app_hook_id) FROM notifications WHERE due_at IS NOT NULL
            UNION ALL SELECT (SELECT MIN(app_hook_id) FROM notifications
                WHERE app_hook_id > busy.app_hook_id AND due_at IS NOT NULL)
            FROM busy WHERE busy.app_hook_id IS NOT NULL)
        SELECT app_hook_id FROM busy WHERE app_hook_id IS NOT NULL AND
            (SELECT MIN(n.due_at) FROM notifications n WHERE n.app_hook_id = busy.app_hook_id AND n.due_at IS NOT NULL)
            <= $1";
    CANCEL_OF_HOOK: () = "UPDATE notifications SET state = 'canceled', due_at = NULL, content = NULL, last_result = $2
        WHERE id IN (SELECT id FROM notifications WHERE app_hook_id = $1 AND due_at IS NOT NULL LIMIT 200)";
    CANCEL_REPLACED: () = "UPDATE notifications SET state = 'canceled', due_at = NULL, content = NULL, last_result = $5
        WHERE realm_id = $1 AND lane = $3 AND id > '' AND hook_type = 'email' AND due_at IS NOT NULL AND app_hook_id IN
            (SELECT id FROM app_hooks WHERE realm_id = $1 OR (account_id = $2 AND realm_id IS NULL))
        AND EXISTS (SELECT 1 FROM events e WHERE e.id = event_id AND e.realm_id = $1 AND e.event_type = $4)";
    GIVE_UP_OLD: () = "UPDATE notifications SET state = 'failed', due_at = NULL, content = NULL WHERE id IN
        (SELECT id FROM notifications WHERE app_hook_id = $1 AND due_at <= $2 AND ready_at < $3 LIMIT 200)";
    REPLAY_ONE: () = "UPDATE notifications SET state = 'in_progress', attempts = 0, ready_at = $4, due_at = $4
        WHERE app_hook_id = $1 AND realm_id = $2 AND id = $3 AND due_at IS NULL AND hook_type = 'webhook'";
    REPLAYABLE: Id = "SELECT id FROM notifications
        WHERE app_hook_id = $1 AND id > $2 AND id < $3 AND realm_id = $4 ORDER BY id LIMIT 200";
    REPLAY: () = "UPDATE notifications SET state = 'in_progress', attempts = 0, ready_at = $4, due_at = $4
        WHERE app_hook_id = $1 AND id > $2 AND id <= $3 AND realm_id = $5 AND due_at IS NULL AND hook_type = 'webhook'";
    BACKLOG: Backlog = "SELECT COUNT(*) AS unfinished, MIN(CASE WHEN due_at <= $1 THEN due_at END) AS due_since
        FROM notifications WHERE app_hook_id > '' AND due_at IS NOT NULL";
    DELETE_OF_REALM: () = "DELETE FROM notifications WHERE event_id IN (SELECT id FROM events WHERE realm_id = $1)";
}

/// Inserts a notification. Returns whether it waits for another one of its lane, until `behind_until` at most.
pub(super) async fn insert(tx: &mut Tx, notification: &Notification, behind_until: i64) -> Result<bool> {
    let values = params![
        &notification.id,
        &notification.event_id,
        &notification.realm_id,
        &notification.app_hook_id,
        notification.hook_type,
        &notification.lane,
        notification.state,
        notification.attempts,
        notification.ready_at,
        notification.due_at,
        notification.last_attempt_at,
        &notification.last_destination,
        &notification.last_result,
        notification.content.as_ref(),
        behind_until,
    ];
    let written = tx.row(&INSERT, values).await?;
    Ok(written.is_some_and(|written| written.due_at != notification.due_at))
}

pub(super) async fn of_event(q: impl Query, realm: &str, event: &str) -> Result<Vec<Notification>> {
    Ok(q.rows(&OF_EVENT, params![realm, event]).await?)
}

/// Begins an attempt of up to `most` notifications (at most [`MOST_BEGUN`]) that are due and first in their lanes.
pub(super) async fn begin(tx: &mut Tx, hook: &str, now: i64, lost_at: i64, most: i64) -> Result<Vec<Notification>> {
    Ok(tx.rows(&BEGIN, params![hook, now, lost_at, most]).await?)
}

/// Finishes up to [`AT_ONCE`] attempts that ended like the first. A delivery counts even if the attempt had been given
/// up as lost.
pub(super) async fn finish(tx: &mut Tx, attempts: &[&Attempt], state: Progress) -> Result<()> {
    let Some(first) = attempts.first() else { return Ok(()) };
    let alike = params![&first.realm_id, state, &first.destination, &first.result];
    let ids = filled(attempts, |attempt| &attempt.id);
    tx.execute(&FINISH, &[alike.as_slice(), ids.as_slice()].concat()).await?;
    Ok(())
}

/// Returns one value for each placeholder of a statement.
fn filled<'a, T>(items: &'a [T], value: impl Fn(&'a T) -> &'a str) -> [Value<'a>; AT_ONCE] {
    std::array::from_fn(|at| Value::from(items.get(at).or(items.last()).map_or("", &value)))
}

/// Schedules a retry, unless a later attempt has begun.
pub(super) async fn postpone(tx: &mut Tx, attempt: &Attempt, due_at: i64) -> Result<()> {
    let values = params![&attempt.id, &attempt.realm_id, attempt.number, due_at, &attempt.destination, &attempt.result];
    tx.execute(&POSTPONE, values).await?;
    Ok(())
}

/// Makes the first notification of each lane (up to [`AT_ONCE`] lanes) ready, if it only waited for others.
pub(super) async fn release(tx: &mut Tx, hook: &str, lanes: &[&str]) -> Result<()> {
    let lanes = filled(lanes, |lane| lane);
    tx.execute(&RELEASE, &[params![hook].as_slice(), lanes.as_slice()].concat()).await?;
    Ok(())
}

/// Postpones a batch of due rows that wait for an earlier one. Returns their number.
pub(super) async fn wait_on(tx: &mut Tx, hook: &str, now: i64, until: i64) -> Result<u64> {
    Ok(tx.execute(&WAIT_ON, params![hook, now, until]).await?)
}

pub(super) async fn busy_hooks(q: impl Query, now: i64) -> Result<Vec<String>> {
    let hooks = q.rows(&BUSY_HOOKS, params![now]).await?;
    Ok(hooks.into_iter().filter_map(|hook| hook.app_hook_id).collect())
}

/// Cancels a batch of unfinished notifications. Returns their number.
pub(super) async fn cancel_of_hook(tx: &mut Tx, hook: &str, why: &str) -> Result<u64> {
    Ok(tx.execute(&CANCEL_OF_HOOK, params![hook, why]).await?)
}

/// Cancels the unfinished mails of all hooks about this user and this event type. The condition on `id` makes SQLite
/// use the index on lanes.
pub(super) async fn cancel_replaced(
    tx: &mut Tx,
    (realm, account): (&str, Option<&str>),
    user: &str,
    event_type: &str,
    why: &str,
) -> Result<()> {
    tx.execute(&CANCEL_REPLACED, params![realm, account, user, event_type, why]).await?;
    Ok(())
}

/// Fails a batch of due notifications that were ready before `ready_before`. Returns their number.
pub(super) async fn give_up_old(tx: &mut Tx, hook: &str, now: i64, ready_before: i64) -> Result<u64> {
    Ok(tx.execute(&GIVE_UP_OLD, params![hook, now, ready_before]).await?)
}

/// Requeues a notification. Returns whether it was finished.
pub(super) async fn replay_one(tx: &mut Tx, hook: &str, realm: &str, id: &str, now: i64) -> Result<bool> {
    Ok(tx.execute(&REPLAY_ONE, params![hook, realm, id, now]).await? > 0)
}

/// Requeues the next batch between `after` and `end`. Returns the batch's last id and the number requeued.
pub(super) async fn replay(
    tx: &mut Tx,
    (realm, hook): (&str, &str),
    (after, end): (&str, &str),
    now: i64,
) -> Result<Option<(String, u64)>> {
    let page = tx.rows(&REPLAYABLE, params![hook, after, end, realm]).await?;
    let Some(Id { id: last }) = page.into_iter().next_back() else { return Ok(None) };
    let again = tx.execute(&REPLAY, params![hook, after, &last, now, realm]).await?;
    Ok(Some((last, again)))
}

/// Reads the current backlog.
pub async fn backlog(q: impl Query, now: i64) -> Result<Backlog> {
    let backlog = q.row(&BACKLOG, params![now]).await?;
    Ok(backlog.unwrap_or(Backlog { unfinished: 0, due_since: None }))
}

/// Deletes the realm's notifications; must run before its events are deleted.
pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    Ok(())
}
