//! SQL of users.

use gantry_crypto::token;
use gantry_db::{Query, Sql, Tx, Value, params, row, statements};

use super::key::Key;
use super::lists::Wanted;
use super::{EmailVerification, UserType};
use crate::error::Result;
use crate::failed_attempts::{FAILURES, StoredFailures};
use crate::json::Custom;
use crate::page::{Listable, Page, PageStart, SortKey};
use crate::words::State;

row! {
    /// User of a realm.
    #[derive(Debug, Clone, PartialEq)]
    pub struct User as "u" {
        /// `usr_…`
        pub id: String,
        /// Id of the realm.
        pub realm_id: String,
        /// Whether the user is a person or a system.
        pub user_type: UserType,
        /// If inactive, the user cannot log in.
        pub state: State,
        /// Developer's own id.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Custom,
        /// Username, folded to lower case, unique in the realm.
        pub username: String,
        /// Email address, folded to lower case.
        pub email: Option<String>,
        /// Copy of the email while the realm requires unique emails.
        pub unique_email: Option<String>,
        /// Verification state of the email.
        pub email_verification: EmailVerification,
        /// First name.
        pub first_name: Option<String>,
        /// Last name.
        pub last_name: Option<String>,
        /// Full name; the username if there is none.
        pub name: String,
        /// Epoch milliseconds.
        pub last_login_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Name, case-folded for searches.
        pub(crate) folded_name: String,
        /// Verified address, which may differ from the current one.
        pub(crate) verified_email: Option<String>,
        /// Lock-out of unknown browsers until this time, in epoch milliseconds. Written by [`set_locked`] alone.
        pub(super) locked_until: Option<i64>,
    }
}

impl User {
    /// Returns until when logins from unknown browsers are refused, in epoch milliseconds; `None` if they are not.
    pub fn locked_until(&self, now_ms: i64) -> Option<i64> {
        self.locked_until.filter(|until| *until > now_ms)
    }

    /// Returns whether the current address is verified. `email_verification` alone may refer to an earlier one.
    pub(crate) fn has_proven_address(&self) -> bool {
        self.email_verification == EmailVerification::Verified
            && self.email.is_some()
            && self.verified_email == self.email
    }

    /// Marks the current address as verified.
    pub(super) fn prove_address(&mut self) {
        self.email_verification = EmailVerification::Verified;
        self.verified_email = self.email.clone();
    }
}

impl Listable for User {
    fn id(&self) -> &str {
        &self.id
    }

    fn sort_key(&self, sort: &str) -> SortKey {
        match sort {
            "last_login_at" => SortKey::Number(self.last_login_at.unwrap_or(0)),
            "email" => SortKey::Text(self.email.clone().unwrap_or_default()),
            "id" => SortKey::Text(String::new()),
            _ => SortKey::Text(self.username.clone()),
        }
    }
}

row! {
    /// Counts that are returned when a single user is read.
    #[derive(Debug, Clone)]
    pub struct Counts {
        /// Memberships that have not expired.
        pub membership_count: i64,
        /// `crd_…:password,crd_…:totp`, in any order: SQLite would build a table to sort a list of one.
        pub(crate) credential_list: Option<String>,
    }
}

impl Counts {
    /// Returns id and type of each credential, the oldest first.
    pub fn credentials(&self) -> Vec<(&str, &str)> {
        let listed = self.credential_list.as_deref().unwrap_or_default();
        let mut credentials: Vec<_> = listed.split(',').filter_map(|one| one.split_once(':')).collect();
        credentials.sort_unstable();
        credentials
    }
}

row! {
    /// Data that a password login needs besides the user.
    pub(crate) struct Login {
        pub password_hash: Option<String>,
        /// Version to which trusted-browser cookies are bound.
        pub known_browsers: i64,
        /// Wrong passwords and codes that still count.
        pub(super) failed_attempts: Option<String>,
        /// Number of devices in use.
        pub devices: i64,
    }
}

impl Login {
    /// Returns the wrong passwords and codes that still count.
    pub(crate) fn failures(&self) -> StoredFailures<'_> {
        StoredFailures(self.failed_attempts.as_deref())
    }

    /// Returns whether the password that was correct before is still the password. A new hash alone may be a rehash,
    /// and a new number alone has other causes; both together mean a new password.
    pub(crate) fn still_takes(&self, before: &Self) -> bool {
        let Some(now) = &self.password_hash else { return false };
        let then = before.password_hash.as_deref().unwrap_or_default();
        token::same(now.as_bytes(), then.as_bytes()) || self.known_browsers == before.known_browsers
    }
}

row! {
    struct Clash { id: String }
}

/// The columns of [`Counts`] for the user `u`; `$2` is the time.
pub(crate) const COUNTS: &str = "(SELECT COUNT(*) FROM memberships m
        WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > $2)) AS membership_count,
    (SELECT STRING_AGG(c.id || ':' || c.credential_type, ',') FROM credentials c
        WHERE c.user_id = u.id) AS credential_list";

const DEVICES: &str = "(SELECT COUNT(*) FROM credentials d
        WHERE d.user_id = u.id AND d.credential_type = 'totp' AND d.state = 'active') AS devices";

/// `$1` realm, `$2` to `$8` filters.
const LISTED: &str = " FROM users WHERE realm_id = $1
    AND (CAST($2 AS TEXT) IS NULL OR reference = $2) AND (CAST($3 AS TEXT) IS NULL OR state = $3)
    AND (CAST($4 AS TEXT) IS NULL OR user_type = $4) AND (CAST($5 AS TEXT) IS NULL OR username = $5)
    AND (CAST($6 AS TEXT) IS NULL OR email = $6)
    AND (CAST($7 AS BIGINT) IS NULL OR created_at >= $7) AND (CAST($8 AS BIGINT) IS NULL OR created_at < $8)";
const BY_USERNAME_UP: &str = " AND (username, id) > ($9, $10) ORDER BY username, id LIMIT $11";
const BY_USERNAME_DOWN: &str = " AND (username, id) < ($9, $10) ORDER BY username DESC, id DESC LIMIT $11";
/// A page's bound appears twice where the sort order is an expression: SQLite does not use a tuple's bound with such an
/// index, and would scan the realm from its start.
const BY_EMAIL_UP: &str = " AND COALESCE(email, '') >= $9 AND (COALESCE(email, ''), id) > ($9, $10) ORDER BY COALESCE(email, ''), id LIMIT $11";
const BY_EMAIL_DOWN: &str = " AND COALESCE(email, '') <= $9 AND (COALESCE(email, ''), id) < ($9, $10) ORDER BY COALESCE(email, '') DESC, id DESC LIMIT $11";
const BY_LOGIN_UP: &str = " AND COALESCE(last_login_at, 0) >= $9 AND (COALESCE(last_login_at, 0), id) > ($9, $10) ORDER BY COALESCE(last_login_at, 0), id LIMIT $11";
const BY_LOGIN_DOWN: &str = " AND COALESCE(last_login_at, 0) <= $9 AND (COALESCE(last_login_at, 0), id) < ($9, $10) ORDER BY COALESCE(last_login_at, 0) DESC, id DESC LIMIT $11";
const BY_ID_UP: &str = " AND id > $10 AND CAST($9 AS TEXT) IS NOT NULL ORDER BY id LIMIT $11";
const BY_ID_DOWN: &str = " AND id < $10 AND CAST($9 AS TEXT) IS NOT NULL ORDER BY id DESC LIMIT $11";
/// Selective filters: their index finds few users, which are then sorted. The sort orders are spelled so that no index
/// matches, because SQLite prefers an index in the sort order even if it must scan most of it.
const NAMED_SO: &str = " AND username = $12";
const ADDRESSED_SO: &str = " AND COALESCE(email, '') = $12";
const REFERRED_SO: &str = " AND reference = $12";
const SORTED_USERNAME_UP: &str = " AND (username || '', id) > ($9, $10) ORDER BY username || '', id LIMIT $11";
const SORTED_USERNAME_DOWN: &str =
    " AND (username || '', id) < ($9, $10) ORDER BY username || '' DESC, id DESC LIMIT $11";
const SORTED_EMAIL_UP: &str =
    " AND (COALESCE(email, '') || '', id) > ($9, $10) ORDER BY COALESCE(email, '') || '', id LIMIT $11";
const SORTED_EMAIL_DOWN: &str =
    " AND (COALESCE(email, '') || '', id) < ($9, $10) ORDER BY COALESCE(email, '') || '' DESC, id DESC LIMIT $11";
const SORTED_LOGIN_UP: &str =
    " AND (COALESCE(last_login_at, 0) + 0, id) > ($9, $10) ORDER BY COALESCE(last_login_at, 0) + 0, id LIMIT $11";
const SORTED_LOGIN_DOWN: &str = " AND (COALESCE(last_login_at, 0) + 0, id) < ($9, $10) ORDER BY COALESCE(last_login_at, 0) + 0 DESC, id DESC LIMIT $11";
/// Users whose username, address or full name begins with `$9`; `$10` is the text after all of those. Each user is
/// found only by the first field that matches. A page begins after (`$11`, `$12`), which is never below `$9`; `$9` as
/// an additional lower bound may mislead PostgreSQL's planner.
const NAMED_LIKE: &str = " AND (username, id) > ($11, $12) AND username < $10 AND CAST($9 AS TEXT) IS NOT NULL
    ORDER BY username, id LIMIT $13";
const ADDRESSED_LIKE: &str =
    " AND COALESCE(email, '') >= $11 AND (COALESCE(email, ''), id) > ($11, $12) AND COALESCE(email, '') < $10
    AND NOT (username >= $9 AND username < $10) ORDER BY COALESCE(email, ''), id LIMIT $13";
const CALLED_LIKE: &str = " AND (folded_name, id) > ($11, $12) AND folded_name < $10
    AND NOT (username >= $9 AND username < $10) AND NOT (COALESCE(email, '') >= $9 AND COALESCE(email, '') < $10)
    ORDER BY folded_name, id LIMIT $13";

statements! {
    INSERT: () = "INSERT INTO users (", User::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL)";
    ROW: User = "SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND id = $2";
    FIND_BY_ID: (User, Counts) = "SELECT ", User::ALIASED, ", ", COUNTS, " FROM users u WHERE u.realm_id = $1 AND u.id = $3";
    FIND_BY_NAME: (User, Counts) = "SELECT ", User::ALIASED, ", ", COUNTS, " FROM users u WHERE u.realm_id = $1 AND (u.username = $3 OR u.unique_email = $3)";
    LOCK: User = "SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND id = $2 FOR UPDATE";
    LOGIN_BY_ID: (User, Login) = "SELECT ", User::ALIASED, ", c.password_hash, u.known_browsers, ", FAILURES, ", ", DEVICES, " FROM users u
        LEFT JOIN credentials c ON c.user_id = u.id AND c.credential_type = 'password'
        WHERE u.realm_id = $1 AND u.id = $2";
    LOGIN_BY_NAME: (User, Login) = "SELECT ", User::ALIASED, ", c.password_hash, u.known_browsers, ", FAILURES, ", ", DEVICES, " FROM users u
        LEFT JOIN credentials c ON c.user_id = u.id AND c.credential_type = 'password'
        WHERE u.realm_id = $1 AND (u.username = $2 OR u.unique_email = $2)";
    UP_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, BY_USERNAME_UP;
    DOWN_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, BY_USERNAME_DOWN;
    UP_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, BY_EMAIL_UP;
    DOWN_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, BY_EMAIL_DOWN;
    UP_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, BY_LOGIN_UP;
    DOWN_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, BY_LOGIN_DOWN;
    UP_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, BY_ID_UP;
    DOWN_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, BY_ID_DOWN;
    NAMED_UP_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, NAMED_SO, BY_ID_UP;
    NAMED_DOWN_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, NAMED_SO, BY_ID_DOWN;
    ADDRESSED_UP_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_USERNAME_UP;
    ADDRESSED_DOWN_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_USERNAME_DOWN;
    ADDRESSED_UP_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_EMAIL_UP;
    ADDRESSED_DOWN_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_EMAIL_DOWN;
    ADDRESSED_UP_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_LOGIN_UP;
    ADDRESSED_DOWN_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, SORTED_LOGIN_DOWN;
    ADDRESSED_UP_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, BY_ID_UP;
    ADDRESSED_DOWN_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_SO, BY_ID_DOWN;
    REFERRED_UP_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_USERNAME_UP;
    REFERRED_DOWN_BY_USERNAME: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_USERNAME_DOWN;
    REFERRED_UP_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_EMAIL_UP;
    REFERRED_DOWN_BY_EMAIL: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_EMAIL_DOWN;
    REFERRED_UP_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_LOGIN_UP;
    REFERRED_DOWN_BY_LOGIN: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, SORTED_LOGIN_DOWN;
    REFERRED_UP_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, BY_ID_UP;
    REFERRED_DOWN_BY_ID: User = "SELECT ", User::COLUMNS, LISTED, REFERRED_SO, BY_ID_DOWN;
    LIKE_NAME: User = "SELECT ", User::COLUMNS, LISTED, NAMED_LIKE;
    LIKE_ADDRESS: User = "SELECT ", User::COLUMNS, LISTED, ADDRESSED_LIKE;
    LIKE_WHOLE_NAME: User = "SELECT ", User::COLUMNS, LISTED, CALLED_LIKE;
    UPDATE: () = "UPDATE users SET user_type = $3, state = $4, reference = $5, custom = $6, username = $7, email = $8,
        unique_email = $9, email_verification = $10, first_name = $11, last_name = $12, name = $13, last_login_at = $14,
        created_at = $15, folded_name = $16, verified_email = $17 WHERE realm_id = $2 AND id = $1";
    KNOWN: User = "SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND reference = $2
        UNION ALL SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND username = $3";
    NAMED: Clash = "SELECT id FROM users WHERE realm_id = $1 AND username = $2";
    ADDRESSED: Clash = "SELECT id FROM users WHERE realm_id = $1 AND unique_email = $2";
    CLASH: Clash = "SELECT id FROM users WHERE realm_id = $1 AND id <> $2 AND username = $3
        UNION ALL SELECT id FROM users WHERE realm_id = $1 AND id <> $2 AND COALESCE(email, '') = $4 LIMIT 1";
    OWNERS: User = "SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND username = $2
        UNION SELECT ", User::COLUMNS, " FROM users WHERE realm_id = $1 AND COALESCE(email, '') = $2 LIMIT 2";
    MAILABLE: User = "SELECT ", User::COLUMNS, " FROM users
            WHERE realm_id = $1 AND username = $2 AND user_type = 'human' AND state = 'active' AND email IS NOT NULL
        UNION SELECT ", User::COLUMNS, " FROM users
            WHERE realm_id = $1 AND COALESCE(email, '') = $3 AND user_type = 'human' AND state = 'active'
            AND email IS NOT NULL LIMIT $4";
    TOUCH_LOGIN: () = "UPDATE users SET last_login_at = $3 WHERE realm_id = $1 AND id = $2 AND state = 'active'";
    SET_LOCKED: () = "UPDATE users SET locked_until = $3 WHERE realm_id = $1 AND id = $2";
    DELETE: () = "DELETE FROM users WHERE realm_id = $1 AND id = $2";
}

pub(super) async fn insert(tx: &mut Tx, user: &User) -> Result<(), gantry_db::Error> {
    write(tx, &INSERT, user).await
}

pub(super) async fn update(tx: &mut Tx, user: &User) -> Result<(), gantry_db::Error> {
    write(tx, &UPDATE, user).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, user: &User) -> Result<(), gantry_db::Error> {
    let values = params![
        &user.id,
        &user.realm_id,
        user.user_type,
        user.state,
        &user.reference,
        user.custom.text(),
        &user.username,
        &user.email,
        &user.unique_email,
        user.email_verification,
        &user.first_name,
        &user.last_name,
        &user.name,
        user.last_login_at,
        user.created_at,
        &user.folded_name,
        &user.verified_email,
    ];
    tx.execute(sql, values).await.map(|_| ())
}

pub(crate) async fn find(q: impl Query, realm: &str, key: &Key, now_ms: i64) -> Result<Option<(User, Counts)>> {
    Ok(match key {
        Key::Id(id) => q.row(&FIND_BY_ID, params![realm, now_ms, id]).await?,
        Key::Username(username) => q.row(&FIND_BY_NAME, params![realm, now_ms, username]).await?,
    })
}

/// Returns the user without counts.
pub(crate) async fn row(q: impl Query, realm: &str, id: &str) -> Result<Option<User>> {
    Ok(q.row(&ROW, params![realm, id]).await?)
}

/// Returns the user and holds the row lock until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<User>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// Returns the user with this reference, or else with this username.
pub(super) async fn known(q: impl Query, realm: &str, reference: Option<&str>, username: &str) -> Result<Option<User>> {
    let found = q.rows(&KNOWN, params![realm, reference, username]).await?;
    let by_reference =
        found.iter().position(|user: &User| reference.is_some() && user.reference.as_deref() == reference);
    Ok(found.into_iter().nth(by_reference.unwrap_or(0)))
}

/// Returns whether another user has the username, and whether another user has the address where it must be unique.
pub(super) async fn taken(tx: &mut Tx, user: &User) -> Result<(bool, bool)> {
    let named = tx.row(&NAMED, params![&user.realm_id, &user.username]).await?;
    let addressed = tx.row(&ADDRESSED, params![&user.realm_id, &user.unique_email]).await?;
    let is_other = |found: Option<Clash>| found.is_some_and(|clash| clash.id != user.id);
    Ok((is_other(named), is_other(addressed)))
}

/// Returns whether the username is another user's address, or the address another user's username.
pub(super) async fn clashes(q: impl Query, user: &User) -> Result<bool> {
    let values = params![&user.realm_id, &user.id, &user.email, &user.username];
    Ok(q.row(&CLASH, values).await?.is_some_and(|clash| clash.id != user.id))
}

/// Returns up to two users who have this address, as address or as username.
pub(super) async fn owners(q: impl Query, realm: &str, address: &str) -> Result<Vec<User>> {
    Ok(q.rows(&OWNERS, params![realm, address]).await?)
}

/// Returns whether a user has this username.
pub(super) async fn is_named(q: impl Query, realm: &str, username: &str) -> Result<bool> {
    Ok(q.row(&NAMED, params![realm, username]).await?.is_some())
}

/// Returns a limited number of active people who have an address, and have this username or that address.
pub(super) async fn mailable(
    q: impl Query,
    realm: &str,
    (username, email): (&str, &str),
    most: i64,
) -> Result<Vec<User>> {
    Ok(q.rows(&MAILABLE, params![realm, username, email, most]).await?)
}

/// Returns the user with the password hash and other login data.
pub(crate) async fn of_login(q: impl Query, realm: &str, key: &Key) -> Result<Option<(User, Login)>> {
    Ok(match key {
        Key::Id(id) => q.row(&LOGIN_BY_ID, params![realm, id]).await?,
        Key::Username(username) => q.row(&LOGIN_BY_NAME, params![realm, username]).await?,
    })
}

/// Updates the time of the last login. Returns whether the user is active, also if a concurrent transaction changed it.
pub(crate) async fn touch_login(tx: &mut Tx, realm: &str, id: &str, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(&TOUCH_LOGIN, params![realm, id, now_ms]).await? > 0)
}

/// Sets until when logins from unknown browsers are refused.
pub(crate) async fn set_locked(tx: &mut Tx, realm: &str, id: &str, until_ms: Option<i64>) -> Result<()> {
    tx.execute(&SET_LOCKED, params![realm, id, until_ms]).await?;
    Ok(())
}

/// Returns a page of the realm's users, beginning at `start`.
pub(super) async fn list(
    q: impl Query,
    realm: &str,
    wanted: &Wanted<'_>,
    start: &PageStart,
    page: &Page,
) -> Result<Vec<User>> {
    let key: Value<'_> = match page.sort {
        _ if wanted.username.is_some() => "".into(),
        "id" => "".into(),
        "last_login_at" => start.number().into(),
        _ => start.text().into(),
    };
    let (sql, leading) = led(wanted, page);
    let mut rest = vec![key, start.id().into(), page.probe().into()];
    rest.extend(leading.map(Value::from));
    Ok(q.rows(sql, &wanted.with(realm, &rest)).await?)
}

/// Returns the statement for this sort order, and the value of the most selective filter, if any.
fn led<'w>(wanted: &'w Wanted<'_>, page: &Page) -> (&'static Sql<User>, Option<&'w str>) {
    let by = |[username, email, login, id]: [(&'static Sql<User>, &'static Sql<User>); 4]| {
        let (up, down) = match page.sort {
            "id" => id,
            "last_login_at" => login,
            "email" => email,
            _ => username,
        };
        if page.descending { down } else { up }
    };
    if let Some(username) = &wanted.username {
        // At most one user matches, so one sort order suffices.
        let by_id = (&NAMED_UP_BY_ID, &NAMED_DOWN_BY_ID);
        return (if page.descending { by_id.1 } else { by_id.0 }, Some(username));
    }
    if let Some(email) = &wanted.email {
        let sql = by([
            (&ADDRESSED_UP_BY_USERNAME, &ADDRESSED_DOWN_BY_USERNAME),
            (&ADDRESSED_UP_BY_EMAIL, &ADDRESSED_DOWN_BY_EMAIL),
            (&ADDRESSED_UP_BY_LOGIN, &ADDRESSED_DOWN_BY_LOGIN),
            (&ADDRESSED_UP_BY_ID, &ADDRESSED_DOWN_BY_ID),
        ]);
        return (sql, Some(email));
    }
    if let Some(reference) = wanted.reference {
        let sql = by([
            (&REFERRED_UP_BY_USERNAME, &REFERRED_DOWN_BY_USERNAME),
            (&REFERRED_UP_BY_EMAIL, &REFERRED_DOWN_BY_EMAIL),
            (&REFERRED_UP_BY_LOGIN, &REFERRED_DOWN_BY_LOGIN),
            (&REFERRED_UP_BY_ID, &REFERRED_DOWN_BY_ID),
        ]);
        return (sql, Some(reference));
    }
    let sql = by([
        (&UP_BY_USERNAME, &DOWN_BY_USERNAME),
        (&UP_BY_EMAIL, &DOWN_BY_EMAIL),
        (&UP_BY_LOGIN, &DOWN_BY_LOGIN),
        (&UP_BY_ID, &DOWN_BY_ID),
    ]);
    (sql, None)
}

/// Field by which a search finds a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Name,
    Address,
    WholeName,
}

impl Way {
    const ORDERS: [(Self, &'static str); 3] =
        [(Self::Name, "q username"), (Self::Address, "q email"), (Self::WholeName, "q name")];

    /// Returns the sort order of users that are found by this field.
    pub(super) fn order(self) -> &'static str {
        Self::ORDERS[self as usize].1
    }

    /// Returns the field that belongs to this sort order.
    pub(super) fn of_order(order: &str) -> Option<Self> {
        Self::ORDERS.into_iter().find(|(_, known)| *known == order).map(|(way, _)| way)
    }
}

/// Returns users that a search finds by this field, after the text and id at which the previous page ended.
pub(super) async fn search(
    q: impl Query,
    realm: &str,
    wanted: &Wanted<'_>,
    way: Way,
    (text, behind, after, limit): (&str, &str, (&str, &str), i64),
) -> Result<Vec<User>> {
    let sql = match way {
        Way::Name => &LIKE_NAME,
        Way::Address => &LIKE_ADDRESS,
        Way::WholeName => &LIKE_WHOLE_NAME,
    };
    let rest = [text.into(), behind.into(), after.0.into(), after.1.into(), limit.into()];
    Ok(q.rows(sql, &wanted.with(realm, &rest)).await?)
}

/// Deletes the user. Returns whether the user existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}
