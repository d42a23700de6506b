//! SQL of memberships.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use crate::error::Result;
use crate::events::Subject;
use crate::json::{Custom, Json};
use crate::page::{Listable, Page};
use crate::realms::Realm;
use crate::users::User;
use crate::words::State;

row! {
    /// A user's permissions in an org, or without one.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Membership as "m" {
        /// `mb_…`
        pub id: String,
        /// Id of its realm, `rl_…`.
        pub realm_id: String,
        /// Id of the member.
        pub user_id: String,
        /// Id of the org; none for permissions without an org.
        pub org_id: Option<String>,
        /// Permissions of the user.
        pub permissions: Json<Vec<String>>,
        /// Custom attributes.
        pub custom: Custom,
        /// Expiry in epoch milliseconds; none: never.
        pub expires_at: Option<i64>,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// The org of a membership; all fields are `None` without one.
    #[derive(Debug, Clone)]
    pub struct MemberOrg as "o" {
        /// `org_…`
        pub id: Option<String>,
        /// Display name.
        pub name: Option<String>,
        /// Active or inactive.
        pub state: Option<State>,
        /// Id of the org in the developer's own system.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Option<Custom>,
        /// Creation time in epoch milliseconds.
        pub created_at: Option<i64>,
    }
}

row! {
    /// Data of a deleted membership for its event.
    #[derive(Debug, Clone)]
    pub(super) struct Gone as "m" {
        pub id: String,
        pub user_id: String,
        pub org_id: Option<String>,
    }
}

impl Gone {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject::membership(&self.id, &self.user_id, self.org_id.as_deref())
    }
}

impl Membership {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject::membership(&self.id, &self.user_id, self.org_id.as_deref())
    }
}

/// Excludes expired memberships; `$2` is the present time in epoch milliseconds.
const LASTS: &str = " AND (m.expires_at IS NULL OR m.expires_at > $2) ";
const WITH_ORG: &str =
    " FROM memberships m LEFT JOIN orgs o ON o.id = m.org_id WHERE m.realm_id = $1 AND m.user_id = $3";
const WITH_USER: &str = " FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.realm_id = $1 AND m.org_id = $3";
const UP: &str = "AND m.id > $4 ORDER BY m.id LIMIT $5";
const DOWN: &str = "AND m.id < $4 ORDER BY m.id DESC LIMIT $5";

impl Listable for Membership {
    fn id(&self) -> &str {
        &self.id
    }
}

statements! {
    INSERT: () = "INSERT INTO memberships (", Membership::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND: ((Membership, MemberOrg), User) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, ", ", User::ALIASED, "
        FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN orgs o ON o.id = m.org_id
        WHERE m.realm_id = $1 AND m.id = $3", LASTS;
    LOCK: Membership = "SELECT ", Membership::ALIASED, " FROM memberships m WHERE m.realm_id = $1 AND m.id = $3", LASTS, "FOR UPDATE";
    OF_USER: (Membership, MemberOrg) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, WITH_ORG, LASTS, "ORDER BY m.id";
    UP_OF_USER: (Membership, MemberOrg) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, WITH_ORG, LASTS, UP;
    DOWN_OF_USER: (Membership, MemberOrg) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, WITH_ORG, LASTS, DOWN;
    UP_OF_ORG: (Membership, User) = "SELECT ", Membership::ALIASED, ", ", User::ALIASED, WITH_USER, LASTS, UP;
    DOWN_OF_ORG: (Membership, User) = "SELECT ", Membership::ALIASED, ", ", User::ALIASED, WITH_USER, LASTS, DOWN;
    OF_PAIR: Membership = "SELECT ", Membership::ALIASED, " FROM memberships m
        WHERE m.realm_id = $1 AND m.user_id = $3 AND m.org_id = $4", LASTS;
    RECORDED: Membership = "SELECT ", Membership::ALIASED, " FROM memberships m WHERE m.realm_id = $1 AND m.user_id = $2
        AND (m.org_id = $3 OR (m.org_id IS NULL AND CAST($3 AS TEXT) IS NULL))";
    EXPIRED: (Gone, Realm) = "SELECT ", Gone::ALIASED, ", ", Realm::ALIASED, " FROM memberships m JOIN realms r ON r.id = m.realm_id
        WHERE m.expires_at <= $1 ORDER BY m.expires_at, m.id LIMIT $2";
    EXPIRED_OF_PAIR: Gone = "SELECT ", Gone::ALIASED, " FROM memberships m WHERE m.realm_id = $1 AND m.user_id = $3
        AND (m.org_id = $4 OR (m.org_id IS NULL AND CAST($4 AS TEXT) IS NULL)) AND m.expires_at <= $2";
    UPDATE: () = "UPDATE memberships SET user_id = $3, org_id = $4, permissions = $5, custom = $6, expires_at = $7,
        created_at = $8 WHERE realm_id = $2 AND id = $1";
    DELETE: () = "DELETE FROM memberships WHERE realm_id = $1 AND id = $2";
    DELETE_EXPIRED: () = "DELETE FROM memberships WHERE realm_id = $1 AND id = $2 AND expires_at <= $3";
    DELETE_OF_ORG: Gone = "DELETE FROM memberships WHERE realm_id = $1 AND org_id = $2 RETURNING id, user_id, org_id";
    DELETE_OF_USER: Gone = "DELETE FROM memberships WHERE realm_id = $1 AND user_id = $2 RETURNING id, user_id, org_id";
}

pub(super) async fn insert(tx: &mut Tx, membership: &Membership) -> Result<(), gantry_db::Error> {
    write(tx, &INSERT, membership).await
}

pub(super) async fn update(tx: &mut Tx, membership: &Membership) -> Result<()> {
    Ok(write(tx, &UPDATE, membership).await?)
}

async fn write(tx: &mut Tx, sql: &Sql<()>, membership: &Membership) -> Result<(), gantry_db::Error> {
    let permissions = membership.permissions.text();
    let values = params![
        &membership.id,
        &membership.realm_id,
        &membership.user_id,
        &membership.org_id,
        &permissions,
        membership.custom.text(),
        membership.expires_at,
        membership.created_at,
    ];
    tx.execute(sql, values).await.map(|_| ())
}

pub(super) async fn find(
    q: impl Query,
    realm: &str,
    id: &str,
    now_ms: i64,
) -> Result<Option<((Membership, MemberOrg), User)>> {
    Ok(q.row(&FIND, params![realm, now_ms, id]).await?)
}

/// Finds the membership and holds its row lock until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str, now_ms: i64) -> Result<Option<Membership>> {
    Ok(tx.row(&LOCK, params![realm, now_ms, id]).await?)
}

/// Lists all memberships of the user.
pub(super) async fn of_user(
    q: impl Query,
    realm: &str,
    user: &str,
    now_ms: i64,
) -> Result<Vec<(Membership, MemberOrg)>> {
    Ok(q.rows(&OF_USER, params![realm, now_ms, user]).await?)
}

pub(super) async fn page_of_user(
    q: impl Query,
    realm: &str,
    user: &str,
    page: &Page,
    now_ms: i64,
) -> Result<Vec<(Membership, MemberOrg)>> {
    let (sql, start) = (if page.descending { &DOWN_OF_USER } else { &UP_OF_USER }, page.start_by_id()?);
    Ok(q.rows(sql, params![realm, now_ms, user, start.id(), page.probe()]).await?)
}

pub(super) async fn page_of_org(
    q: impl Query,
    realm: &str,
    org: &str,
    page: &Page,
    now_ms: i64,
) -> Result<Vec<(Membership, User)>> {
    let (sql, start) = (if page.descending { &DOWN_OF_ORG } else { &UP_OF_ORG }, page.start_by_id()?);
    Ok(q.rows(sql, params![realm, now_ms, org, start.id(), page.probe()]).await?)
}

/// Finds the membership of this user in this org, if it comes after the start of the page.
pub(super) async fn of_pair(
    q: impl Query,
    realm: &str,
    (user, org): (&str, &str),
    page: &Page,
    now_ms: i64,
) -> Result<Option<Membership>> {
    let (found, start) = (q.row(&OF_PAIR, params![realm, now_ms, user, org]).await?, page.start_by_id()?);
    let follows = |one: &Membership| if page.descending { *one.id < *start.id() } else { *one.id > *start.id() };
    Ok(found.filter(follows))
}

/// Finds the membership of this user in this org, expired or not.
pub(super) async fn recorded(
    tx: &mut Tx,
    realm: &str,
    (user, org): (&str, Option<&str>),
) -> Result<Option<Membership>> {
    Ok(tx.row(&RECORDED, params![realm, user, org]).await?)
}

/// Lists expired memberships of all realms, each with its realm, the longest expired first.
pub(super) async fn expired(tx: &mut Tx, now_ms: i64, most: i64) -> Result<Vec<(Gone, Realm)>> {
    Ok(tx.rows(&EXPIRED, params![now_ms, most]).await?)
}

pub(super) async fn expired_of_pair(
    tx: &mut Tx,
    realm: &str,
    (user, org): (&str, Option<&str>),
    now_ms: i64,
) -> Result<Option<Gone>> {
    Ok(tx.row(&EXPIRED_OF_PAIR, params![realm, now_ms, user, org]).await?)
}

pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<()> {
    tx.execute(&DELETE, params![realm, id]).await?;
    Ok(())
}

/// Deletes the membership if it has expired. Returns whether it did.
pub(super) async fn delete_expired(tx: &mut Tx, realm: &str, id: &str, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&DELETE_EXPIRED, params![realm, id, now_ms]).await? > 0)
}

pub(super) async fn delete_of_org(tx: &mut Tx, realm: &str, org: &str) -> Result<Vec<Gone>> {
    Ok(tx.rows(&DELETE_OF_ORG, params![realm, org]).await?)
}

pub(super) async fn delete_of_user(tx: &mut Tx, realm: &str, user: &str) -> Result<Vec<Gone>> {
    Ok(tx.rows(&DELETE_OF_USER, params![realm, user]).await?)
}
