//! SQL of memberships.

use gantry_db::{Query, Tx, params, row, statements};

use crate::error::Result;
use crate::json::{Custom, Json};
use crate::words::State;

row! {
    /// One membership.
    #[derive(Debug, Clone)]
    pub struct Membership as "m" {
        /// `mb_…`
        pub id: String,
        /// Its realm.
        pub realm_id: String,
        /// Whose.
        pub user_id: String,
        /// In which org; none: the user's own.
        pub org_id: Option<String>,
        /// What the user may do.
        pub permissions: Json<Vec<String>>,
        /// Custom attributes.
        pub custom: Custom,
        /// Gone then, epoch milliseconds.
        pub expires_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

row! {
    /// The org of a membership, where there is one.
    #[derive(Debug, Clone)]
    pub struct MemberOrg as "o" {
        /// `org_…`
        pub id: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// Whether it is in use.
        pub state: Option<State>,
        /// The developer's own id.
        pub reference: Option<String>,
        /// Custom attributes.
        pub custom: Option<Custom>,
        /// Epoch milliseconds.
        pub created_at: Option<i64>,
    }
}

statements! {
    INSERT: () = "INSERT INTO memberships (", Membership::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_USER: (Membership, MemberOrg) = "SELECT ", Membership::ALIASED, ", ", MemberOrg::ALIASED, "
        FROM memberships m LEFT JOIN orgs o ON o.id = m.org_id
        WHERE m.realm_id = $1 AND m.user_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3) ORDER BY m.id";
}

pub(super) async fn insert(tx: &mut Tx, membership: &Membership) -> Result<()> {
    let permissions = membership.permissions.text();
    let values = params![
        &membership.id,
        &membership.realm_id,
        &membership.user_id,
        &membership.org_id,
        &permissions,
        membership.custom.text(),
        membership.expires_at,
        membership.created_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// What has not expired.
pub(super) async fn of_user(
    q: impl Query,
    realm: &str,
    user: &str,
    now_ms: i64,
) -> Result<Vec<(Membership, MemberOrg)>> {
    Ok(q.rows(&OF_USER, params![realm, user, now_ms]).await?)
}
