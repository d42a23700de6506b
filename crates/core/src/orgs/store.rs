//! SQL of orgs.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use crate::error::Result;
use crate::json::Custom;
use crate::page::{Listable, Page, PageStart, SortKey};
use crate::words::State;

row! {
    /// An org of a realm.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Org as "o" {
        /// `org_…`
        pub id: String,
        /// Id of the realm, `rl_…`.
        pub realm_id: String,
        /// Display name; need not be unique.
        pub name: String,
        /// Active or inactive.
        pub state: State,
        /// Id of the org in the developer's own system.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Custom,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
    }
}

/// `$1` realm, `$2` state.
const LISTED: &str = " FROM orgs WHERE realm_id = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2)";
const UP_NAME: &str = " AND (name, id) > ($3, $4) ORDER BY name, id LIMIT $5";
const DOWN_NAME: &str = " AND (name, id) < ($3, $4) ORDER BY name DESC, id DESC LIMIT $5";
/// Few orgs share a reference: its index finds them, and they are sorted afterwards. `name || ''` below keeps the
/// planner from using an index on the name.
const REFERRED: &str = " AND reference = $6";
const SORTED_UP: &str = " AND (name || '', id) > ($3, $4) ORDER BY name || '', id LIMIT $5";
const SORTED_DOWN: &str = " AND (name || '', id) < ($3, $4) ORDER BY name || '' DESC, id DESC LIMIT $5";

impl Listable for Org {
    fn id(&self) -> &str {
        &self.id
    }

    fn sort_key(&self, sort: &str) -> SortKey {
        SortKey::Text(if sort == "id" { String::new() } else { self.name.clone() })
    }
}

statements! {
    INSERT: () = "INSERT INTO orgs (", Org::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND: Org = "SELECT ", Org::COLUMNS, " FROM orgs WHERE realm_id = $1 AND id = $2";
    KNOWN: Org = "SELECT ", Org::COLUMNS, " FROM orgs WHERE realm_id = $1 AND reference = $2
        UNION ALL SELECT ", Org::COLUMNS, " FROM orgs WHERE realm_id = $1 AND name = $3";
    LOCK: Org = "SELECT ", Org::COLUMNS, " FROM orgs WHERE realm_id = $1 AND id = $2 FOR UPDATE";
    UP_BY_NAME: Org = "SELECT ", Org::COLUMNS, LISTED, UP_NAME;
    DOWN_BY_NAME: Org = "SELECT ", Org::COLUMNS, LISTED, DOWN_NAME;
    UP_BY_ID: Org = "SELECT ", Org::COLUMNS, LISTED, " AND id > $3 ORDER BY id LIMIT $4";
    DOWN_BY_ID: Org = "SELECT ", Org::COLUMNS, LISTED, " AND id < $3 ORDER BY id DESC LIMIT $4";
    REFERRED_UP_BY_NAME: Org = "SELECT ", Org::COLUMNS, LISTED, REFERRED, SORTED_UP;
    REFERRED_DOWN_BY_NAME: Org = "SELECT ", Org::COLUMNS, LISTED, REFERRED, SORTED_DOWN;
    REFERRED_UP_BY_ID: Org = "SELECT ", Org::COLUMNS, LISTED, " AND reference = $5 AND id > $3 ORDER BY id LIMIT $4";
    REFERRED_DOWN_BY_ID: Org = "SELECT ", Org::COLUMNS, LISTED, " AND reference = $5 AND id < $3 ORDER BY id DESC LIMIT $4";
    UPDATE: () = "UPDATE orgs SET name = $3, state = $4, reference = $5, custom = $6, created_at = $7
        WHERE realm_id = $2 AND id = $1";
    DELETE: () = "DELETE FROM orgs WHERE realm_id = $1 AND id = $2";
}

pub(super) async fn insert(tx: &mut Tx, org: &Org) -> Result<()> {
    write(tx, &INSERT, org).await
}

pub(super) async fn update(tx: &mut Tx, org: &Org) -> Result<()> {
    write(tx, &UPDATE, org).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, org: &Org) -> Result<()> {
    let values =
        params![&org.id, &org.realm_id, &org.name, org.state, &org.reference, org.custom.text(), org.created_at];
    tx.execute(sql, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<Org>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

/// Finds the org with this reference, or else the oldest with this name.
pub(super) async fn known(tx: &mut Tx, realm: &str, reference: Option<&str>, name: &str) -> Result<Option<Org>> {
    let mut found = tx.rows(&KNOWN, params![realm, reference, name]).await?;
    found.sort_by(|a: &Org, b| a.id.cmp(&b.id));
    let by_reference = found.iter().position(|org| reference.is_some() && org.reference.as_deref() == reference);
    Ok(found.into_iter().nth(by_reference.unwrap_or(0)))
}

/// Finds the org and holds its row lock until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<Org>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// Lists a page of the realm's orgs from `start` on.
pub(super) async fn list(
    q: impl Query,
    realm: &str,
    (reference, state): (Option<&str>, Option<State>),
    start: &PageStart,
    page: &Page,
) -> Result<Vec<Org>> {
    let (name, id) = (start.text(), start.id());
    let most = page.probe();
    let rows = match (page.sort, page.descending, reference) {
        ("id", false, None) => q.rows(&UP_BY_ID, params![realm, state, id, most]).await,
        ("id", true, None) => q.rows(&DOWN_BY_ID, params![realm, state, id, most]).await,
        ("id", false, Some(reference)) => q.rows(&REFERRED_UP_BY_ID, params![realm, state, id, most, reference]).await,
        ("id", true, Some(reference)) => q.rows(&REFERRED_DOWN_BY_ID, params![realm, state, id, most, reference]).await,
        (_, false, None) => q.rows(&UP_BY_NAME, params![realm, state, name, id, most]).await,
        (_, true, None) => q.rows(&DOWN_BY_NAME, params![realm, state, name, id, most]).await,
        (_, false, Some(reference)) => {
            q.rows(&REFERRED_UP_BY_NAME, params![realm, state, name, id, most, reference]).await
        }
        (_, true, Some(reference)) => {
            q.rows(&REFERRED_DOWN_BY_NAME, params![realm, state, name, id, most, reference]).await
        }
    };
    Ok(rows?)
}

pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<()> {
    tx.execute(&DELETE, params![realm, id]).await?;
    Ok(())
}
