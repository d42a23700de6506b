//! SQL of accounts.

use gantry_db::{Query, params, row, statements};

use crate::error::Result;

row! {
    /// An account.
    #[derive(Debug, Clone)]
    pub struct Account {
        /// Account id, `org_…`.
        pub id: String,
        /// Display name.
        pub name: String,
    }
}

statements! {
    FIND: Account = "SELECT id, name FROM orgs WHERE realm_id = $1 AND id = $2";
    ALL: Account = "SELECT id, name FROM orgs WHERE realm_id = $1 ORDER BY id";
}

pub(super) async fn find(q: impl Query, system_realm: &str, id: &str) -> Result<Option<Account>> {
    Ok(q.row(&FIND, params![system_realm, id]).await?)
}

/// Returns all accounts, oldest first.
pub(super) async fn all(q: impl Query, system_realm: &str) -> Result<Vec<Account>> {
    Ok(q.rows(&ALL, params![system_realm]).await?)
}
