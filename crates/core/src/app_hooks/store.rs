//! SQL of App Hooks.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::{HookType, HookUsers, Renderer};
use crate::error::Result;
use crate::json::Json;
use crate::page::{Listable, Page};
use crate::words::State;

row! {
    /// One hook.
    #[derive(Debug, Clone)]
    pub struct AppHook {
        /// `hk_…`
        pub id: String,
        /// `org_…`; none in the system realm.
        pub account_id: Option<String>,
        /// The realm whose events it follows; none: every one of the account.
        pub realm_id: Option<String>,
        /// Inactive: nothing is sent.
        pub state: State,
        /// Webhook or email.
        pub hook_type: HookType,
        /// What it follows; empty: everything.
        pub event_types: Json<Vec<String>>,
        /// Seconds to wait before the first attempt.
        pub delay: i64,
        /// A webhook's address, sealed.
        pub(crate) destination: Option<Vec<u8>>,
        /// What webhooks are signed with, sealed.
        pub(crate) secret: Option<Vec<u8>>,
        /// The sender; none: the installation's.
        pub email_from: Option<String>,
        /// The sender's name.
        pub email_from_name: Option<String>,
        /// How the template is read.
        pub email_renderer: Renderer,
        /// A template too.
        pub email_subject: Option<String>,
        /// The text.
        pub email_template: Option<String>,
        /// Gets the mail in place of the user.
        pub email_to: Option<String>,
        /// Whose events a mail follows.
        pub user_type: HookUsers,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// The secret before, sealed.
        pub(crate) previous_secret: Option<Vec<u8>>,
        /// Until when that signs too.
        pub(crate) previous_secret_until: Option<i64>,
    }
}

row! {
    /// What decides whether an active hook follows an event, and when.
    pub(crate) struct Follower {
        /// `hk_…`
        pub id: String,
        pub hook_type: HookType,
        /// Empty: everything.
        pub event_types: Json<Vec<String>>,
        /// Seconds.
        pub delay: i64,
        pub user_type: HookUsers,
        pub email_to: Option<String>,
    }
}

/// `$1` realm, `$2` account or NULL.
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

/// The hook, kept from changing until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, account: &str, id: &str) -> Result<Option<AppHook>> {
    Ok(tx.row(&LOCK, params![account, id]).await?)
}

/// A page of the realm's hooks, with those of every realm of this account.
pub(super) async fn list(q: impl Query, realm: &str, account: Option<&str>, page: &Page) -> Result<Vec<AppHook>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![realm, account, start.id(), page.probe()]).await?)
}

/// A hook whose notifications are delivered, whoever owns it.
pub(super) async fn delivering(q: impl Query, id: &str) -> Result<Option<AppHook>> {
    Ok(q.row(&DELIVERING, params![id]).await?)
}

/// The active hooks of the realm, and those of every realm of this account, in the order in which they were made.
pub(super) async fn followers(q: impl Query, realm: &str, account: Option<&str>) -> Result<Vec<Follower>> {
    Ok(q.rows(&FOLLOWERS, params![realm, account]).await?)
}

/// Whether there was one.
pub(super) async fn delete(tx: &mut Tx, account: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![account, id]).await? > 0)
}
