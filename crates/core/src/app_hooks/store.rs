//! SQL of App Hooks.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::{HookType, HookUsers, Renderer};
use crate::error::Result;
use crate::json::Json;
use crate::page::{Listable, Page};
use crate::words::State;

row! {
    /// An App Hook.
    #[derive(Debug, Clone)]
    pub struct AppHook {
        /// App Hook id, `hk_…`.
        pub id: String,
        /// Account id, `org_…`. `None` in the system realm.
        pub account_id: Option<String>,
        /// Realm that the hook follows. `None`: every realm of the account.
        pub realm_id: Option<String>,
        /// An inactive hook sends nothing.
        pub state: State,
        /// Kind of hook: webhook or email.
        pub hook_type: HookType,
        /// Event types that the hook follows. Empty: all types.
        pub event_types: Json<Vec<String>>,
        /// Delay before the first attempt, in seconds.
        pub delay: i64,
        /// Destination URL of a webhook, sealed.
        pub(crate) destination: Option<Vec<u8>>,
        /// Current signing secret of a webhook, sealed.
        pub(crate) secret: Option<Vec<u8>>,
        /// Sender address. `None`: the installation's.
        pub email_from: Option<String>,
        /// Sender name.
        pub email_from_name: Option<String>,
        /// Format of the template.
        pub email_renderer: Renderer,
        /// Template of the subject.
        pub email_subject: Option<String>,
        /// Template of the body.
        pub email_template: Option<String>,
        /// Recipient in place of the user.
        pub email_to: Option<String>,
        /// Type of users that an email hook applies to.
        pub user_type: HookUsers,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
        /// Previous signing secret, sealed.
        pub(crate) previous_secret: Option<Vec<u8>>,
        /// Time until which the previous secret also signs, in epoch milliseconds.
        pub(crate) previous_secret_until: Option<i64>,
    }
}

row! {
    /// Columns that decide whether and when an active hook follows an event.
    pub(crate) struct Follower {
        /// App Hook id, `hk_…`.
        pub id: String,
        pub hook_type: HookType,
        /// Event types that the hook follows. Empty: all types.
        pub event_types: Json<Vec<String>>,
        /// Delay before the first attempt, in seconds.
        pub delay: i64,
        pub user_type: HookUsers,
        pub email_to: Option<String>,
    }
}

/// Hooks of a realm. `$1`: realm, `$2`: account or NULL.
const OF_REALM: &str = " FROM app_hooks WHERE (realm_id = $1 OR (account_id = $2 AND realm_id IS NULL))";

impl Listable for AppHook {
    fn id(&self) -> &str {
        &self.id
    }
}

statements! {
    INSERT: () = "INSERT INTO app_hooks (", AppHook::COLUMNS, ") VALUES
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    FIND: AppHook = "SELECT ", AppHook::COLUMNS, " FROM app_hooks WHERE account_id = $1 AND id = $2";
    LOCK: AppHook = "SELECT ", AppHook::COLUMNS, " FROM app_hooks WHERE account_id = $1 AND id = $2 FOR UPDATE";
    UP_BY_ID: AppHook = "SELECT ", AppHook::COLUMNS, OF_REALM, " AND id > $3 ORDER BY id LIMIT $4";
    DOWN_BY_ID: AppHook = "SELECT ", AppHook::COLUMNS, OF_REALM, " AND id < $3 ORDER BY id DESC LIMIT $4";
    UPDATE: () = "UPDATE app_hooks SET realm_id = $3, state = $4, hook_type = $5, event_types = $6, delay = $7,
        destination = $8, secret = $9, email_from = $10, email_from_name = $11, email_renderer = $12,
        email_subject = $13, email_template = $14, email_to = $15, user_type = $16, created_at = $17,
        previous_secret = $18, previous_secret_until = $19
        WHERE account_id = $2 AND id = $1";
    DELIVERING: AppHook = "SELECT ", AppHook::COLUMNS, " FROM app_hooks WHERE id = $1";
    FOLLOWERS: Follower = "SELECT ", Follower::COLUMNS, OF_REALM, " AND state = 'active' ORDER BY id";
    DELETE: () = "DELETE FROM app_hooks WHERE account_id = $1 AND id = $2";
}

pub(super) async fn insert(tx: &mut Tx, hook: &AppHook) -> Result<()> {
    write(tx, &INSERT, hook).await
}

pub(super) async fn update(tx: &mut Tx, hook: &AppHook) -> Result<()> {
    write(tx, &UPDATE, hook).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, hook: &AppHook) -> Result<()> {
    let event_types = hook.event_types.text();
    let values = params![
        &hook.id,
        &hook.account_id,
        &hook.realm_id,
        hook.state,
        hook.hook_type,
        &event_types,
        hook.delay,
        hook.destination.as_ref(),
        hook.secret.as_ref(),
        &hook.email_from,
        &hook.email_from_name,
        hook.email_renderer,
        &hook.email_subject,
        &hook.email_template,
        &hook.email_to,
        hook.user_type,
        hook.created_at,
        hook.previous_secret.as_ref(),
        hook.previous_secret_until,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, account: &str, id: &str) -> Result<Option<AppHook>> {
    Ok(q.row(&FIND, params![account, id]).await?)
}

/// Returns the hook and locks its row until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, account: &str, id: &str) -> Result<Option<AppHook>> {
    Ok(tx.row(&LOCK, params![account, id]).await?)
}

/// Returns a page of the realm's hooks, including those that follow every realm of this account.
pub(super) async fn list(q: impl Query, realm: &str, account: Option<&str>, page: &Page) -> Result<Vec<AppHook>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![realm, account, start.id(), page.probe()]).await?)
}

/// Finds a hook for delivery, without checking its owner.
pub(super) async fn delivering(q: impl Query, id: &str) -> Result<Option<AppHook>> {
    Ok(q.row(&DELIVERING, params![id]).await?)
}

/// Returns the active hooks of the realm and those that follow every realm of this account, in order of creation.
pub(super) async fn followers(q: impl Query, realm: &str, account: Option<&str>) -> Result<Vec<Follower>> {
    Ok(q.rows(&FOLLOWERS, params![realm, account]).await?)
}

/// Deletes a hook. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, account: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![account, id]).await? > 0)
}
