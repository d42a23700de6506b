//! SQL of orgs.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::json::Custom;
use crate::words::State;

row! {
    /// One org.
    #[derive(Debug, Clone)]
    pub struct Org as "o" {
        /// `org_…`
        pub id: String,
        /// Its realm.
        pub realm_id: String,
        /// Need not be unique.
        pub name: String,
        /// Whether it is in use.
        pub state: State,
        /// The developer's own id.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Custom,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

statements! {
    INSERT: () = "INSERT INTO orgs (", Org::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

pub(super) async fn insert(tx: &mut Tx, org: &Org) -> Result<()> {
    let values =
        params![&org.id, &org.realm_id, &org.name, org.state, &org.reference, org.custom.text(), org.created_at];
    tx.execute(&INSERT, values).await?;
    Ok(())
}
