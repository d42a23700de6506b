//! SQL of exports.

use gantry_db::{Query, Sql, params, row, statements};

use crate::credentials::Credential;
use crate::error::Result;
use crate::memberships::{MemberOrg, Membership};
use crate::orgs::Org;
use crate::users::User;

row! {
    /// The hash of a user's password.
    pub(super) struct Hash {
        pub password_hash: Option<String>,
    }
}

row! {
    /// User of a membership or credential.
    pub(super) struct Owner {
        pub username: String,
    }
}

row! {
    struct Counted { records: i64 }
}

statements! {
    COUNT_USERS: Counted = "SELECT count(*) AS records FROM users WHERE realm_id = $1";
    COUNT_ORGS: Counted = "SELECT count(*) AS records FROM orgs WHERE realm_id = $1";
    COUNT_MEMBERSHIPS: Counted = "SELECT count(*) AS records FROM memberships WHERE realm_id = $1";
    COUNT_CREDENTIALS: Counted = "SELECT count(*) AS records FROM credentials
        WHERE realm_id = $1 AND credential_type IN ('api_key', 'totp')";
    USERS: (User, Hash) = "SELECT ", User::ALIASED, ", c.password_hash FROM users u
        LEFT JOIN credentials c ON c.user_id = u.id AND c.credential_type = 'password'
        WHERE u.realm_id = $1 AND u.id > $2 ORDER BY u.id LIMIT $3";
    ORGS: Org = "SELECT ", Org::COLUMNS, " FROM orgs WHERE realm_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    MEMBERSHIPS: ((Membership, MemberOrg), Owner) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, ", u.username
        FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN orgs o ON o.id = m.org_id
        WHERE m.realm_id = $1 AND m.id > $2 AND (m.expires_at IS NULL OR m.expires_at > $4) ORDER BY m.id LIMIT $3";
    CREDENTIALS: (Credential, Owner) = "SELECT ", Credential::ALIASED, ", u.username
        FROM credentials c JOIN users u ON u.id = c.user_id
        WHERE c.realm_id = $1 AND c.id > $2 AND c.credential_type IN ('api_key', 'totp') ORDER BY c.id LIMIT $3";
}

pub(super) async fn count_users(q: impl Query, realm: &str) -> Result<i64> {
    counted(q, &COUNT_USERS, realm).await
}

pub(super) async fn count_orgs(q: impl Query, realm: &str) -> Result<i64> {
    counted(q, &COUNT_ORGS, realm).await
}

pub(super) async fn count_memberships(q: impl Query, realm: &str) -> Result<i64> {
    counted(q, &COUNT_MEMBERSHIPS, realm).await
}

pub(super) async fn count_credentials(q: impl Query, realm: &str) -> Result<i64> {
    counted(q, &COUNT_CREDENTIALS, realm).await
}

async fn counted(q: impl Query, sql: &Sql<Counted>, realm: &str) -> Result<i64> {
    Ok(q.row(sql, params![realm]).await?.map_or(0, |counted| counted.records))
}

pub(super) async fn users(q: impl Query, realm: &str, after: &str, most: i64) -> Result<Vec<(User, Hash)>> {
    Ok(q.rows(&USERS, params![realm, after, most]).await?)
}

pub(super) async fn orgs(q: impl Query, realm: &str, after: &str, most: i64) -> Result<Vec<Org>> {
    Ok(q.rows(&ORGS, params![realm, after, most]).await?)
}

pub(super) async fn memberships(
    q: impl Query,
    realm: &str,
    after: &str,
    most: i64,
    now_ms: i64,
) -> Result<Vec<((Membership, MemberOrg), Owner)>> {
    Ok(q.rows(&MEMBERSHIPS, params![realm, after, most, now_ms]).await?)
}

pub(super) async fn credentials(
    q: impl Query,
    realm: &str,
    after: &str,
    most: i64,
) -> Result<Vec<(Credential, Owner)>> {
    Ok(q.rows(&CREDENTIALS, params![realm, after, most]).await?)
}
