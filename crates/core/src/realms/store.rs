//! SQL of realms.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::{ApiKeyPolicy, FailedLoginNames, JwtAlgo, JwtField, ResourceLink, SessionType, UsernameValidation};
use crate::error::Result;
use crate::json::{Custom, Json};
use crate::page::{Listable, Page, PageStart, SortKey};
use crate::words::State;

row! {
    /// A realm with its settings. Holding one proves that the caller may see it.
    #[derive(Debug, Clone)]
    pub struct Realm as "r" {
        /// `rl_…`
        pub id: String,
        /// Account that owns the realm; `None` for the system realm.
        pub account_id: Option<String>,
        /// 1 to 255 characters.
        pub name: String,
        /// If inactive, no login and no signup is possible.
        pub state: State,
        /// Developer's own id.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Custom,
        /// Which usernames people may have.
        pub username_validation_human: UsernameValidation,
        /// Whether two users may share an email; once false, never true again.
        pub require_unique_emails: bool,
        /// Prefix of API keys that are created for users.
        pub api_key_prefix: Option<String>,
        /// How those API keys are stored.
        pub api_key_policy: ApiKeyPolicy,
        /// How login tokens are signed.
        pub jwt_algo: JwtAlgo,
        /// Optional content of login tokens.
        pub jwt_fields: Json<Vec<JwtField>>,
        /// Whether sessions are stored.
        pub session_type: SessionType,
        /// Lifetime of a login in minutes; 0 (unmanaged only): unlimited.
        pub session_minutes: i64,
        /// Maximum number of live sessions per user; beyond it the oldest ends.
        pub session_limit: i64,
        /// Lifetime in minutes of a login by a user's API key; 0: unlimited.
        pub api_key_minutes: i64,
        /// Maximum number of permissions per membership.
        pub permission_limit: i64,
        /// Retention of events in days; 0: unlimited.
        pub event_days: i64,
        /// Links shown in the portal.
        pub resource_links: Json<Vec<ResourceLink>>,
        /// Sessions created until this time (epoch milliseconds) have ended.
        pub sessions_ended_at: i64,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Whether login tokens name the realm as their audience.
        pub jwt_audience: bool,
        /// How events record the names of failed logins of unknown users.
        pub failed_login_names: FailedLoginNames,
    }
}

row! {
    struct Deletion { deleted_at: i64 }
}

row! {
    struct Named { id: String }
}

row! {
    struct Count { made: i64 }
}

/// Realm if this account may see it; NULL stands for the operator, who sees all.
const VISIBLE: &str = " FROM realms r WHERE (CAST($1 AS TEXT) IS NULL OR r.account_id = $1) AND r.id = $2";
const LISTED: &str = " FROM realms r WHERE r.account_id = $1
    AND (CAST($2 AS TEXT) IS NULL OR r.reference = $2) AND (CAST($3 AS TEXT) IS NULL OR r.state = $3)";
const HOLDING: &str = " x JOIN realms r ON r.id = x.realm_id WHERE x.id = $2 AND r.account_id = $1";

/// Object by whose id the realm is found.
#[derive(Debug, Clone, Copy)]
pub enum Holding<'a> {
    /// `usr_…`
    User(&'a str),
    /// `org_…`
    Org(&'a str),
    /// `mb_…`
    Membership(&'a str),
    /// `crd_…`
    Credential(&'a str),
    /// `ap_…`
    AuthProvider(&'a str),
    /// `jky_…`
    JwtKey(&'a str),
    /// `kss_…`
    Session(&'a str),
    /// `lpl_…`
    ConnectedApp(&'a str),
    /// `ev_…`
    Event(&'a str),
}

impl Listable for Realm {
    fn id(&self) -> &str {
        &self.id
    }

    fn sort_key(&self, sort: &str) -> SortKey {
        SortKey::Text(if sort == "id" { String::new() } else { self.name.clone() })
    }
}

statements! {
    INSERT: () = "INSERT INTO realms (", Realm::COLUMNS, ") VALUES
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)";
    FIND: Realm = "SELECT ", Realm::ALIASED, VISIBLE;
    LOCK: Realm = "SELECT ", Realm::ALIASED, VISIBLE, " FOR UPDATE";
    HOLDING_USER: Realm = "SELECT ", Realm::ALIASED, " FROM users", HOLDING;
    HOLDING_ORG: Realm = "SELECT ", Realm::ALIASED, " FROM orgs", HOLDING;
    HOLDING_MEMBERSHIP: Realm = "SELECT ", Realm::ALIASED, " FROM memberships", HOLDING;
    HOLDING_CREDENTIAL: Realm = "SELECT ", Realm::ALIASED, " FROM credentials", HOLDING;
    HOLDING_PROVIDER: Realm = "SELECT ", Realm::ALIASED, " FROM auth_providers", HOLDING;
    HOLDING_JWT_KEY: Realm = "SELECT ", Realm::ALIASED, " FROM jwt_keys", HOLDING;
    HOLDING_SESSION: Realm = "SELECT ", Realm::ALIASED, " FROM sessions", HOLDING;
    HOLDING_APP: Realm = "SELECT ", Realm::ALIASED, " FROM connected_apps", HOLDING;
    HOLDING_EVENT: Realm = "SELECT ", Realm::ALIASED, " FROM events", HOLDING;
    UP_BY_NAME: Realm = "SELECT ", Realm::ALIASED, LISTED, " AND (r.name, r.id) > ($4, $5) ORDER BY r.name, r.id LIMIT $6";
    DOWN_BY_NAME: Realm = "SELECT ", Realm::ALIASED, LISTED, " AND (r.name, r.id) < ($4, $5) ORDER BY r.name DESC, r.id DESC LIMIT $6";
    UP_BY_ID: Realm = "SELECT ", Realm::ALIASED, LISTED, " AND r.id > $4 ORDER BY r.id LIMIT $5";
    DOWN_BY_ID: Realm = "SELECT ", Realm::ALIASED, LISTED, " AND r.id < $4 ORDER BY r.id DESC LIMIT $5";
    COUNT: Count = "SELECT count(*) AS made FROM realms WHERE account_id = $1";
    UPDATE: () = "UPDATE realms SET account_id = $2, name = $3, state = $4, reference = $5, custom = $6,
        username_validation_human = $7, require_unique_emails = $8, api_key_prefix = $9, api_key_policy = $10,
        jwt_algo = $11, jwt_fields = $12, session_type = $13, session_minutes = $14, session_limit = $15,
        api_key_minutes = $16, permission_limit = $17, event_days = $18, resource_links = $19,
        sessions_ended_at = $20, created_at = $21, jwt_audience = $22, failed_login_names = $23 WHERE id = $1";
    FORGET_UNIQUE_EMAILS: () = "UPDATE users SET unique_email = NULL WHERE realm_id = $1";
    DELETE_USERS: () = "DELETE FROM users WHERE realm_id = $1";
    DELETE_ORGS: () = "DELETE FROM orgs WHERE realm_id = $1";
    DELETE: () = "DELETE FROM realms WHERE id = $1";
    REMEMBER_DELETION: () = "INSERT INTO realm_deletions (realm_id, account_id, deleted_at) VALUES ($1, $2, $3)";
    OLD_DELETION: Named = "SELECT realm_id AS id FROM realm_deletions WHERE deleted_at < $1 ORDER BY deleted_at LIMIT 1";
    FORGET_DELETION: () = "DELETE FROM realm_deletions WHERE realm_id = $1";
    EVERY: Realm = "SELECT ", Realm::ALIASED, " FROM realms r WHERE r.id > $1 ORDER BY r.id LIMIT 200";
    DELETION: Deletion = "SELECT deleted_at FROM realm_deletions WHERE realm_id = $1 AND account_id = $2";
}

pub(super) async fn insert(tx: &mut Tx, realm: &Realm) -> Result<()> {
    write(tx, &INSERT, realm).await
}

pub(super) async fn update(tx: &mut Tx, realm: &Realm) -> Result<()> {
    write(tx, &UPDATE, realm).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, realm: &Realm) -> Result<()> {
    let (jwt_fields, resource_links) = (realm.jwt_fields.text(), realm.resource_links.text());
    let values = params![
        &realm.id,
        &realm.account_id,
        &realm.name,
        realm.state,
        &realm.reference,
        realm.custom.text(),
        realm.username_validation_human,
        realm.require_unique_emails,
        &realm.api_key_prefix,
        realm.api_key_policy,
        realm.jwt_algo,
        &jwt_fields,
        realm.session_type,
        realm.session_minutes,
        realm.session_limit,
        realm.api_key_minutes,
        realm.permission_limit,
        realm.event_days,
        &resource_links,
        realm.sessions_ended_at,
        realm.created_at,
        realm.jwt_audience,
        realm.failed_login_names,
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Returns the realm if this account (`None`: the operator) may see it.
pub(super) async fn lookup(q: impl Query, account: Option<&str>, id: &str) -> Result<Option<Realm>> {
    Ok(q.row(&FIND, params![account, id]).await?)
}

/// Returns the realm like [`lookup`] and holds its row lock until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, account: Option<&str>, id: &str) -> Result<Option<Realm>> {
    Ok(tx.row(&LOCK, params![account, id]).await?)
}

/// Returns the account's realm that contains this object.
pub(super) async fn holding(q: impl Query, account: &str, thing: Holding<'_>) -> Result<Option<Realm>> {
    let (sql, id) = match thing {
        Holding::User(id) => (&HOLDING_USER, id),
        Holding::Org(id) => (&HOLDING_ORG, id),
        Holding::Membership(id) => (&HOLDING_MEMBERSHIP, id),
        Holding::Credential(id) => (&HOLDING_CREDENTIAL, id),
        Holding::AuthProvider(id) => (&HOLDING_PROVIDER, id),
        Holding::JwtKey(id) => (&HOLDING_JWT_KEY, id),
        Holding::Session(id) => (&HOLDING_SESSION, id),
        Holding::ConnectedApp(id) => (&HOLDING_APP, id),
        Holding::Event(id) => (&HOLDING_EVENT, id),
    };
    Ok(q.row(sql, params![account, id]).await?)
}

/// Returns a page of the account's realms, beginning at `start`.
pub(super) async fn list(
    q: impl Query,
    account: &str,
    (reference, state): (Option<&str>, Option<State>),
    start: &PageStart,
    page: &Page,
) -> Result<Vec<Realm>> {
    let (name, id) = (start.text(), start.id());
    let rows = match (page.sort, page.descending) {
        ("id", false) => q.rows(&UP_BY_ID, params![account, reference, state, id, page.probe()]).await,
        ("id", true) => q.rows(&DOWN_BY_ID, params![account, reference, state, id, page.probe()]).await,
        (_, false) => q.rows(&UP_BY_NAME, params![account, reference, state, name, id, page.probe()]).await,
        (_, true) => q.rows(&DOWN_BY_NAME, params![account, reference, state, name, id, page.probe()]).await,
    };
    Ok(rows?)
}

pub(super) async fn forget_unique_emails(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&FORGET_UNIQUE_EMAILS, params![realm]).await?;
    Ok(())
}

/// Deletes users and orgs. Credentials, memberships and sessions are deleted with the users.
pub(super) async fn delete_users_and_orgs(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_USERS, params![realm]).await?;
    tx.execute(&DELETE_ORGS, params![realm]).await?;
    Ok(())
}

/// Deletes the realm and its content.
pub(super) async fn delete(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE, params![realm]).await?;
    Ok(())
}

/// Records which account deleted the realm.
pub(super) async fn remember_deletion(tx: &mut Tx, (realm, account): (&str, &str), now_ms: i64) -> Result<()> {
    tx.execute(&REMEMBER_DELETION, params![realm, account, now_ms]).await?;
    Ok(())
}

/// Returns how many realms this account has.
pub(super) async fn count(q: impl Query, account: &str) -> Result<i64> {
    Ok(q.row(&COUNT, params![account]).await?.map_or(0, |count| count.made))
}

/// Returns when this account deleted this realm.
pub(super) async fn deletion(q: impl Query, realm: &str, account: &str) -> Result<Option<i64>> {
    Ok(q.row(&DELETION, params![realm, account]).await?.map(|deletion| deletion.deleted_at))
}

/// Returns a realm that was deleted before this time.
pub(super) async fn old_deletion(q: impl Query, before_ms: i64) -> Result<Option<String>> {
    Ok(q.row(&OLD_DELETION, params![before_ms]).await?.map(|realm| realm.id))
}

/// Removes the record of a deleted realm.
pub(super) async fn forget_deletion(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&FORGET_DELETION, params![realm]).await?;
    Ok(())
}

/// Returns the next realms of all accounts, for upkeep.
pub(super) async fn every(q: impl Query, after: &str) -> Result<Vec<Realm>> {
    Ok(q.rows(&EVERY, params![after]).await?)
}
