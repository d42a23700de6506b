//! SQL of credentials.

use gantry_db::{Query, Tx, params, row, statements};

use super::CredentialType;
use crate::error::Result;
use crate::words::State;

row! {
    /// One credential.
    #[derive(Clone)]
    pub(crate) struct Credential {
        pub id: String,
        pub realm_id: String,
        pub user_id: String,
        pub credential_type: CredentialType,
        pub state: State,
        pub name: Option<String>,
        pub password_hash: Option<String>,
        pub api_key_hash: Option<Vec<u8>>,
        pub sealed: Option<Vec<u8>>,
        pub auth_provider_id: Option<String>,
        pub provider_user_id: Option<String>,
        pub token_expires_at: Option<i64>,
        pub last_step: Option<i64>,
        pub created_at: i64,
    }
}

statements! {
    INSERT: () = "INSERT INTO credentials (", Credential::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    SET_PASSWORD: () = "UPDATE credentials SET password_hash = $3 WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'password'";
    REHASH: () = "UPDATE credentials SET password_hash = $4
        WHERE realm_id = $1 AND user_id = $2 AND credential_type = 'password' AND password_hash = $3";
}

pub(super) async fn insert(tx: &mut Tx, credential: &Credential) -> Result<()> {
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
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// Whether the user had a password.
pub(super) async fn set_password(tx: &mut Tx, realm: &str, user: &str, hash: &str) -> Result<bool> {
    Ok(tx.execute(&SET_PASSWORD, params![realm, user, hash]).await? > 0)
}

/// Replaces this very hash; one that was changed meanwhile stays.
pub(super) async fn rehash(tx: &mut Tx, realm: &str, user: &str, old: &str, new: &str) -> Result<()> {
    tx.execute(&REHASH, params![realm, user, old, new]).await?;
    Ok(())
}
