//! SQL of credentials.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::{CredentialState, CredentialType};
use crate::error::Result;
use crate::users::User;

row! {
    /// A credential. Has no `Debug`: it holds hashes and sealed secrets.
    #[derive(Clone)]
    pub struct Credential as "c" {
        /// Credential id, `crd_…`.
        pub id: String,
        /// Realm id, `rl_…`.
        pub realm_id: String,
        /// User id, `usr_…`.
        pub user_id: String,
        /// Credential type.
        pub credential_type: CredentialType,
        /// Whether the credential is in use.
        pub state: CredentialState,
        /// Name of a TOTP device.
        pub name: Option<String>,
        /// Password hash in PHC format.
        pub(crate) password_hash: Option<String>,
        /// SHA-256 of the whole key.
        pub(crate) api_key_hash: Option<Vec<u8>>,
        /// Sealed secret: a device's secret, a readable API key or a social provider's token.
        pub(crate) sealed: Option<Vec<u8>>,
        /// Auth provider id, `ap_…`, of a device or a social identity.
        pub auth_provider_id: Option<String>,
        /// The user's id at the social provider.
        pub provider_user_id: Option<String>,
        /// Expiry of the social provider's token in epoch milliseconds.
        pub token_expires_at: Option<i64>,
        /// Last time step for which a code was accepted.
        pub(crate) last_step: Option<i64>,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
    }
}

statements! {
    INSERT: () = "INSERT INTO credentials (", Credential::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    FIND: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials WHERE realm_id = $1 AND id = $2";
    LOCK: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials WHERE realm_id = $1 AND id = $2 FOR UPDATE";
    FIRST_KEY: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials
        WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'api_key' ORDER BY id LIMIT 1";
    OF_USER: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials WHERE realm_id = $1 AND user_id = $2 ORDER BY id";
    DEVICES: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials
        WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'totp' AND state = 'active' ORDER BY id";
    HOLDER_OF: User = "SELECT ", User::ALIASED, " FROM credentials c JOIN users u ON u.id = c.user_id
        WHERE c.realm_id = $1 AND c.api_key_hash = $2";
    AT_PROVIDER: Credential = "SELECT ", Credential::COLUMNS, " FROM credentials
        WHERE realm_id = $1 AND auth_provider_id = $2 AND provider_user_id = $3 FOR UPDATE";
    UPDATE: () = "UPDATE credentials SET user_id = $3, credential_type = $4, state = $5, name = $6, password_hash = $7,
        api_key_hash = $8, sealed = $9, auth_provider_id = $10, provider_user_id = $11, token_expires_at = $12,
        last_step = $13, created_at = $14 WHERE realm_id = $2 AND id = $1";
    ACTIVATE: () = "UPDATE credentials SET state = 'active' WHERE realm_id = $1 AND id = $2";
    SPEND_STEP: () = "UPDATE credentials SET last_step = $3 WHERE realm_id = $1 AND id = $2 AND (last_step IS NULL OR last_step < $3)";
    DELETE: () = "DELETE FROM credentials WHERE realm_id = $1 AND id = $2";
    DELETE_SOCIAL: () = "DELETE FROM credentials WHERE realm_id = $1 AND user_id = $2 AND provider_user_id IS NOT NULL";
    SET_PASSWORD: () = "UPDATE credentials SET password_hash = $3 WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'password'";
    REHASH: () = "UPDATE credentials SET password_hash = $4
        WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'password' AND password_hash = $3";
}

pub(super) async fn insert(tx: &mut Tx, credential: &Credential) -> Result<(), gantry_db::Error> {
    write(tx, &INSERT, credential).await
}

pub(super) async fn update(tx: &mut Tx, credential: &Credential) -> Result<(), gantry_db::Error> {
    write(tx, &UPDATE, credential).await
}

async fn write(tx: &mut Tx, sql: &Sql<()>, credential: &Credential) -> Result<(), gantry_db::Error> {
    let values = params![
        &credential.id,
        &credential.realm_id,
        &credential.user_id,
        credential.credential_type,
        credential.state,
        &credential.name,
        &credential.password_hash,
        credential.api_key_hash.as_ref(),
        credential.sealed.as_ref(),
        &credential.auth_provider_id,
        &credential.provider_user_id,
        credential.token_expires_at,
        credential.last_step,
        credential.created_at,
    ];
    tx.execute(sql, values).await.map(|_| ())
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<Credential>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

/// Returns the credential and locks its row until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<Credential>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// Finds a social identity by its provider and the user's id there, and locks its row until the transaction ends.
pub(super) async fn at_provider(
    q: impl Query,
    realm: &str,
    auth_provider_id: &str,
    provider_user_id: &str,
) -> Result<Option<Credential>> {
    Ok(q.row(&AT_PROVIDER, params![realm, auth_provider_id, provider_user_id]).await?)
}

/// Returns the oldest of the user's API keys.
pub(super) async fn first_key(q: impl Query, realm: &str, user: &str) -> Result<Option<Credential>> {
    Ok(q.row(&FIRST_KEY, params![realm, user]).await?)
}

/// Returns all credentials of the user.
pub(super) async fn of_user(q: impl Query, realm: &str, user: &str) -> Result<Vec<Credential>> {
    Ok(q.rows(&OF_USER, params![realm, user]).await?)
}

/// Returns the user's active TOTP devices.
pub(super) async fn devices(q: impl Query, realm: &str, user: &str) -> Result<Vec<Credential>> {
    Ok(q.rows(&DEVICES, params![realm, user]).await?)
}

/// Finds the user by the hash of an API key.
pub(super) async fn holder_of(q: impl Query, realm: &str, hash: &[u8]) -> Result<Option<User>> {
    Ok(q.row(&HOLDER_OF, params![realm, hash]).await?)
}

pub(super) async fn activate(tx: &mut Tx, realm: &str, id: &str) -> Result<()> {
    tx.execute(&ACTIVATE, params![realm, id]).await?;
    Ok(())
}

/// Marks a time step as used. Returns `false` if a code of this or a later step was accepted before.
pub(super) async fn spend_step(tx: &mut Tx, realm: &str, id: &str, step: i64) -> Result<bool> {
    Ok(tx.execute(&SPEND_STEP, params![realm, id, step]).await? > 0)
}

pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<()> {
    tx.execute(&DELETE, params![realm, id]).await?;
    Ok(())
}

/// Deletes all social identities of the user.
pub(super) async fn delete_social(tx: &mut Tx, realm: &str, user: &str) -> Result<()> {
    tx.execute(&DELETE_SOCIAL, params![realm, user]).await?;
    Ok(())
}

/// Replaces the user's password hash. Returns whether the user had a password.
pub(super) async fn set_password(tx: &mut Tx, realm: &str, user: &str, hash: &str) -> Result<bool> {
    Ok(tx.execute(&SET_PASSWORD, params![realm, user, hash]).await? > 0)
}

/// Replaces the hash `old`. A hash that was changed concurrently is kept.
pub(super) async fn rehash(tx: &mut Tx, realm: &str, user: &str, old: &str, new: &str) -> Result<()> {
    tx.execute(&REHASH, params![realm, user, old, new]).await?;
    Ok(())
}
