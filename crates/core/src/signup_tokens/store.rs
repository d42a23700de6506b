//! SQL of Signup Tokens.

use gantry_db::{Query, Tx, params, row, statements};

use crate::credentials::CredentialType;
use crate::error::Result;

row! {
    /// Signup Token. It has no `Debug`, because it contains a password hash.
    pub struct SignupToken {
        /// SHA-256 of the whole token.
        pub(crate) token_hash: Vec<u8>,
        /// Id of the realm.
        pub realm_id: String,
        /// Username of the future user.
        pub username: String,
        /// Email address of the future user.
        pub email: Option<String>,
        /// First name.
        pub first_name: Option<String>,
        /// Last name.
        pub last_name: Option<String>,
        /// First credential of the future user.
        pub credential_type: CredentialType,
        /// Password hash in PHC format.
        pub(crate) password_hash: Option<String>,
        /// Epoch milliseconds.
        pub expires_at: i64,
        /// `ap_…` of the social provider, if the user signed up with one.
        pub(crate) auth_provider_id: Option<String>,
        /// User id at the provider.
        pub(crate) provider_user_id: Option<String>,
        /// Provider's access token, sealed.
        pub(crate) sealed: Option<Vec<u8>>,
        /// Expiry of the access token in epoch milliseconds.
        pub(crate) token_expires_at: Option<i64>,
        /// Whether the provider has verified the address.
        pub(crate) email_verified: bool,
    }
}

statements! {
    INSERT: () = "INSERT INTO signup_tokens (", SignupToken::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    FIND: SignupToken = "SELECT ", SignupToken::COLUMNS, " FROM signup_tokens
        WHERE token_hash = $1 AND realm_id = $2 AND expires_at > $3";
    DELETE: () = "DELETE FROM signup_tokens WHERE token_hash = $1 AND realm_id = $2";
    DELETE_OF_REALM: () = "DELETE FROM signup_tokens WHERE realm_id = $1";
    DELETE_EXPIRED: () = "DELETE FROM signup_tokens WHERE token_hash IN
        (SELECT token_hash FROM signup_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT 200)";
}

pub(super) async fn insert(tx: &mut Tx, token: &SignupToken) -> Result<()> {
    let values = params![
        &token.token_hash,
        &token.realm_id,
        &token.username,
        &token.email,
        &token.first_name,
        &token.last_name,
        token.credential_type,
        &token.password_hash,
        token.expires_at,
        &token.auth_provider_id,
        &token.provider_user_id,
        token.sealed.as_ref(),
        token.token_expires_at,
        token.email_verified,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

pub(super) async fn find(q: impl Query, realm: &str, hash: &[u8], now_ms: i64) -> Result<Option<SignupToken>> {
    Ok(q.row(&FIND, params![hash, realm, now_ms]).await?)
}

/// Deletes the token. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, hash: &[u8]) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![hash, realm]).await? > 0)
}

pub(crate) async fn delete_of_realm(tx: &mut Tx, realm: &str) -> Result<()> {
    tx.execute(&DELETE_OF_REALM, params![realm]).await?;
    Ok(())
}

/// Deletes a batch of the longest expired tokens of all realms. Returns how many were deleted.
pub(super) async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<u64> {
    Ok(tx.execute(&DELETE_EXPIRED, params![now_ms]).await?)
}
