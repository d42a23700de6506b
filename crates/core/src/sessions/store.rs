//! SQL of sessions.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::page::{Listable, Page};
use crate::realms::JwtAlgo;
use crate::users::{COUNTS, Counts, User};

row! {
    /// Stored session.
    #[derive(Debug, Clone)]
    pub struct Session as "s" {
        /// `kss_…`
        pub id: String,
        /// Id of the realm.
        pub realm_id: String,
        /// Id of the user.
        pub user_id: String,
        /// IP address of the end user at login.
        pub request_ip: Option<String>,
        /// Client of the end user at login.
        pub request_client: Option<String>,
        /// Epoch milliseconds.
        pub expires_at: i64,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// Realm of a session.
    struct SessionRealm { realm_id: String }
}

row! {
    /// Signing key that a token names, if the realm still has it.
    pub(super) struct NamedKey {
        pub key_id: Option<String>,
        pub key_algo: Option<JwtAlgo>,
        pub key_secret: Option<Vec<u8>>,
        pub key_public: Option<String>,
    }
}

/// Live session with its user and the requested key.
pub(super) type Live = ((Session, User), (Counts, NamedKey));

/// `$2` is the time. A session lives while its user and realm are active, and until the realm ended all of them.
const IS_LIVE: &str =
    " s.expires_at > $2 AND s.created_at > r.sessions_ended_at AND u.state = 'active' AND r.state = 'active' ";

impl Listable for Session {
    fn id(&self) -> &str {
        &self.id
    }
}

statements! {
    INSERT: () = "INSERT INTO sessions (", Session::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Hot path: reads everything that a session check needs at once. A replaced key verifies for as long as a session
    /// that it signed may last.
    LIVE: Live = "SELECT ", Session::ALIASED, ", ", User::ALIASED, ", ", COUNTS, ",
            k.id AS key_id, k.algo AS key_algo, k.secret AS key_secret, k.public_key AS key_public
        FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        LEFT JOIN jwt_keys k ON k.id = $5 AND k.realm_id = s.realm_id
            AND (k.expired_at IS NULL OR k.expired_at + r.session_minutes * 60000 > $2)
        WHERE s.id = $1 AND r.account_id = $3 AND (CAST($4 AS TEXT) IS NULL OR s.realm_id = $4) AND", IS_LIVE;
    OF_REALM: (Session, User) = "SELECT ", Session::ALIASED, ", ", User::ALIASED, "
        FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE s.id = $1 AND s.realm_id = $3 AND", IS_LIVE;
    UP_BY_ID: Session = "SELECT ", Session::ALIASED, " FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE s.realm_id = $1 AND s.user_id = $3 AND s.id > $4 AND", IS_LIVE, "ORDER BY s.id LIMIT $5";
    DOWN_BY_ID: Session = "SELECT ", Session::ALIASED, " FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE s.realm_id = $1 AND s.user_id = $3 AND s.id < $4 AND", IS_LIVE, "ORDER BY s.id DESC LIMIT $5";
    ANYWHERE: SessionRealm = "SELECT realm_id FROM sessions WHERE id = $1";
    IN_REALM: (Session, User) = "SELECT ", Session::ALIASED, ", ", User::ALIASED, "
        FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE s.realm_id = $1 AND s.id > $3 AND", IS_LIVE, "ORDER BY s.id LIMIT $4";
    WITH_USER: (Session, User) = "SELECT ", Session::ALIASED, ", ", User::ALIASED, "
        FROM sessions s JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE s.realm_id = $1 AND s.user_id = $5 AND s.id > $3 AND", IS_LIVE, "ORDER BY s.id LIMIT $4";
    DELETE: () = "DELETE FROM sessions WHERE realm_id = $1 AND id = $2";
    DELETE_ALL: () = "DELETE FROM sessions WHERE realm_id = $1 AND user_id = $2";
    DELETE_OTHERS: () = "DELETE FROM sessions WHERE realm_id = $1 AND user_id = $2 AND id <> $3";
    /// Deletes all sessions except `$4` and the newest `$3`. Ids of the same millisecond, or from before the clock was
    /// set back, may sort after the new session, which must not end because of that.
    DELETE_OLDEST: () = "DELETE FROM sessions WHERE realm_id = $1 AND user_id = $2 AND id <> $4 AND id <=
        (SELECT id FROM sessions WHERE realm_id = $1 AND user_id = $2 AND id <> $4 ORDER BY id DESC LIMIT 1 OFFSET $3)";
    DELETE_EXPIRED: () = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
    REMEMBER: () = "INSERT INTO remembered_sessions (token_hash, realm_id, session_id, created_at) VALUES ($1, $2, $3, $4)";
    REMEMBERED: (Session, User) = "SELECT ", Session::ALIASED, ", ", User::ALIASED, "
        FROM remembered_sessions b JOIN sessions s ON s.id = b.session_id
        JOIN users u ON u.id = s.user_id JOIN realms r ON r.id = s.realm_id
        WHERE b.token_hash = $1 AND b.realm_id = $3 AND", IS_LIVE;
}

pub(super) async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    let values = params![
        &session.id,
        &session.realm_id,
        &session.user_id,
        &session.request_ip,
        &session.request_client,
        session.expires_at,
        session.created_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// Returns the session if it lives in a realm of the account (in the named realm, if any), with the key of this `kid`.
pub(super) async fn live(
    q: impl Query,
    id: &str,
    (account, realm): (&str, Option<&str>),
    kid: Option<&str>,
    now_ms: i64,
) -> Result<Option<Live>> {
    Ok(q.row(&LIVE, params![id, now_ms, account, realm, kid]).await?)
}

/// Returns the live session of this realm with its user.
pub(super) async fn of_realm(q: impl Query, realm: &str, id: &str, now_ms: i64) -> Result<Option<(Session, User)>> {
    Ok(q.row(&OF_REALM, params![id, now_ms, realm]).await?)
}

/// Returns a page of the user's live sessions.
pub(super) async fn list(q: impl Query, realm: &str, user: &str, page: &Page, now_ms: i64) -> Result<Vec<Session>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![realm, now_ms, user, start.id(), page.probe()]).await?)
}

/// Returns whether any realm has this session, live or not.
pub(super) async fn is_anywhere(q: impl Query, id: &str) -> Result<bool> {
    Ok(q.row(&ANYWHERE, params![id]).await?.is_some())
}

/// Position at which a list continues.
pub(super) struct Behind<'a> {
    /// Id of the last session returned.
    pub after: &'a str,
    /// Maximum number of rows.
    pub most: i64,
    /// Current time in epoch milliseconds.
    pub now_ms: i64,
}

/// Returns live sessions of the realm with their users, the oldest first.
pub(super) async fn list_of_realm(q: impl Query, realm: &str, behind: Behind<'_>) -> Result<Vec<(Session, User)>> {
    Ok(q.rows(&IN_REALM, params![realm, behind.now_ms, behind.after, behind.most]).await?)
}

/// Returns live sessions of one user, like [`list_of_realm`].
pub(super) async fn list_with_user(
    q: impl Query,
    realm: &str,
    user: &str,
    behind: Behind<'_>,
) -> Result<Vec<(Session, User)>> {
    Ok(q.rows(&WITH_USER, params![realm, behind.now_ms, behind.after, behind.most, user]).await?)
}

/// Deletes the session. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

pub(super) async fn delete_all(tx: &mut Tx, realm: &str, user: &str) -> Result<()> {
    tx.execute(&DELETE_ALL, params![realm, user]).await?;
    Ok(())
}

pub(super) async fn delete_others(tx: &mut Tx, realm: &str, user: &str, kept: &str) -> Result<()> {
    tx.execute(&DELETE_OTHERS, params![realm, user, kept]).await?;
    Ok(())
}

/// Ends the user's oldest sessions, so that `limit` remain including this new one.
pub(super) async fn delete_oldest(tx: &mut Tx, fresh: &Session, limit: i64) -> Result<()> {
    tx.execute(&DELETE_OLDEST, params![&fresh.realm_id, &fresh.user_id, limit - 1, &fresh.id]).await?;
    Ok(())
}

/// Deletes a batch of the longest expired sessions of all realms. Returns how many were deleted.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await?)
}

pub(super) async fn remember(tx: &mut Tx, hash: &[u8], session: &Session, now_ms: i64) -> Result<()> {
    tx.execute(&REMEMBER, params![hash, &session.realm_id, &session.id, now_ms]).await?;
    Ok(())
}

pub(super) async fn remembered(
    q: impl Query,
    realm: &str,
    hash: &[u8],
    now_ms: i64,
) -> Result<Option<(Session, User)>> {
    Ok(q.row(&REMEMBERED, params![hash, now_ms, realm]).await?)
}
