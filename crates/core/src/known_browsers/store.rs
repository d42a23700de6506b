//! SQL of trusted browsers: one number per user.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;

row! {
    struct Series { known_browsers: i64 }
}

statements! {
    SERIES: Series = "SELECT known_browsers FROM users WHERE realm_id = $1 AND id = $2";
    RAISE: () = "UPDATE users SET known_browsers = known_browsers + 1 WHERE realm_id = $1 AND id = $2";
}

/// Returns the number that this user's valid trusted-browser cookies are bound to.
pub(super) async fn series(q: impl Query, realm: &str, user: &str) -> Result<i64> {
    Ok(q.row(&SERIES, params![realm, user]).await?.map_or(0, |found| found.known_browsers))
}

/// Increments the number, which invalidates the cookies. Returns whether the user exists.
pub(super) async fn raise(tx: &mut Tx, realm: &str, user: &str) -> Result<bool> {
    Ok(tx.execute(&RAISE, params![realm, user]).await? > 0)
}
