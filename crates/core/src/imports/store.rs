//! SQL of imports: the progress of each.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    struct Progress {
        lines: i64,
    }
}

statements! {
    PROGRESS: Progress = "SELECT lines FROM imports WHERE realm_id = $1 AND source = $2";
    SET_PROGRESS: () = "INSERT INTO imports (realm_id, source, lines) VALUES ($1, $2, $3)
        ON CONFLICT (realm_id, source) DO UPDATE SET lines = excluded.lines";
    FORGET_PROGRESS: () = "DELETE FROM imports WHERE realm_id = $1 AND source = $2";
}

pub(super) async fn progress(q: impl Query, realm: &str, source: &str) -> Result<Option<i64>> {
    Ok(q.row(&PROGRESS, params![realm, source]).await?.map(|progress| progress.lines))
}

pub(super) async fn set_progress(tx: &mut Tx, realm: &str, source: &str, lines: i64) -> Result<()> {
    tx.execute(&SET_PROGRESS, params![realm, source, lines]).await?;
    Ok(())
}

pub(super) async fn forget_progress(tx: &mut Tx, realm: &str, source: &str) -> Result<()> {
    tx.execute(&FORGET_PROGRESS, params![realm, source]).await?;
    Ok(())
}
