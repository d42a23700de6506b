//! SQL of known browsers: one number of each user.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    struct Series { known_browsers: i64 }
}

statements! {
    SERIES: Series = "SELECT known_browsers FROM users WHERE realm_id = $1 AND id = $2";
    RAISE: () = "UPDATE users SET known_browsers = known_browsers + 1 WHERE realm_id = $1 AND id = $2";
}

/// What cookies of this user's browsers are bound to now.
pub(super) async fn series(q: impl Query, realm: &str, user: &str) -> Result<i64> {
    Ok(q.row(&SERIES, params![realm, user]).await?.map_or(0, |found| found.known_browsers))
}

/// Whether there is such a user.
pub(super) async fn raise(tx: &mut Tx, realm: &str, user: &str) -> Result<bool> {
    Ok(tx.execute(&RAISE, params![realm, user]).await? > 0)
}
