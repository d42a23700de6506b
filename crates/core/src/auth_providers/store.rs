//! SQL of auth providers.

use gantry_db::{Query, Tx, params, row, statements};

use super::ProviderType;
use crate::error::Result;
use crate::words::State;

row! {
    /// One provider.
    #[derive(Debug, Clone)]
    pub(crate) struct AuthProvider {
        pub id: String,
        pub realm_id: String,
        pub provider_type: ProviderType,
        pub state: State,
        pub name: Option<String>,
        pub client_id: Option<String>,
        pub client_secret: Option<Vec<u8>>,
        pub scopes: Option<String>,
        pub settings: String,
        pub created_at: i64,
    }
}

statements! {
    INSERT: () = "INSERT INTO auth_providers (", AuthProvider::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    OF_TYPE: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers
        WHERE realm_id = $1 AND provider_type = $2 AND provider_type <> 'oauth2'";
}

pub(super) async fn insert(tx: &mut Tx, provider: &AuthProvider) -> Result<()> {
    let values = params![
        &provider.id,
        &provider.realm_id,
        provider.provider_type,
        provider.state,
        &provider.name,
        &provider.client_id,
        provider.client_secret.as_ref(),
        &provider.scopes,
        &provider.settings,
        provider.created_at,
    ];
    tx.execute(&INSERT, values).await?;
    Ok(())
}

/// The realm's provider of a type that it has once at most.
pub(super) async fn of_type(q: impl Query, realm: &str, wanted: ProviderType) -> Result<Option<AuthProvider>> {
    Ok(q.row(&OF_TYPE, params![realm, wanted]).await?)
}
