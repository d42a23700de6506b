//! SQL of the installation: named values.

use gantry_db::{Query, Tx, params, row, statements};

row! {
    struct Fact { value: String }
}

statements! {
    FIND: Fact = "SELECT value FROM installation WHERE name = $1";
    INSERT: () = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
}

pub(super) async fn find(q: impl Query, name: &str) -> Result<Option<String>, gantry_db::Error> {
    Ok(q.row(&FIND, params![name]).await?.map(|fact| fact.value))
}

/// Inserts the value. Returns `false` if one with this name exists.
pub(super) async fn insert(tx: &mut Tx, name: &str, value: &str) -> Result<bool, gantry_db::Error> {
    Ok(tx.execute(&INSERT, params![name, value]).await? > 0)
}
