//! SQL of auth providers.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::ProviderType;
use crate::error::Result;
use crate::page::{Listable, Page};
use crate::words::State;

row! {
    /// An auth provider.
    #[derive(Debug, Clone)]
    pub struct AuthProvider {
        /// Auth provider id, `ap_…`.
        pub id: String,
        /// Realm id, `rl_…`.
        pub realm_id: String,
        /// Provider type.
        pub provider_type: ProviderType,
        /// An inactive provider cannot be used to log in.
        pub state: State,
        /// Display name of a custom provider.
        pub name: Option<String>,
        /// Client id at the provider.
        pub client_id: Option<String>,
        /// Client secret at the provider, sealed.
        pub(crate) client_secret: Option<Vec<u8>>,
        /// Scopes to request in addition to the default ones.
        pub scopes: Option<String>,
        /// Settings of its provider type, as JSON.
        pub(crate) settings: String,
        /// Creation time in epoch milliseconds.
        pub created_at: i64,
    }
}

impl Listable for AuthProvider {
    fn id(&self) -> &str {
        &self.id
    }
}

statements! {
    INSERT: () = "INSERT INTO auth_providers (", AuthProvider::COLUMNS, ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers WHERE realm_id = $1 AND id = $2";
    LOCK: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers WHERE realm_id = $1 AND id = $2 FOR UPDATE";
    UP_BY_ID: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers WHERE realm_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    DOWN_BY_ID: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers WHERE realm_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    UPDATE: () = "UPDATE auth_providers SET provider_type = $3, state = $4, name = $5, client_id = $6, client_secret = $7,
        scopes = $8, settings = $9, created_at = $10 WHERE realm_id = $2 AND id = $1";
    DELETE: () = "DELETE FROM auth_providers WHERE realm_id = $1 AND id = $2";
    SOCIAL: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers WHERE realm_id = $1 AND state = 'active'
        AND provider_type NOT IN ('login_rocket', 'password', 'totp') ORDER BY id LIMIT 100";
    OF_TYPE: AuthProvider = "SELECT ", AuthProvider::COLUMNS, " FROM auth_providers
        WHERE realm_id = $1 AND provider_type = $2 AND provider_type <> 'oauth2'";
}

pub(super) async fn insert(tx: &mut Tx, provider: &AuthProvider) -> Result<(), gantry_db::Error> {
    write(tx, &INSERT, provider).await
}

pub(super) async fn update(tx: &mut Tx, provider: &AuthProvider) -> Result<()> {
    Ok(write(tx, &UPDATE, provider).await?)
}

async fn write(tx: &mut Tx, sql: &Sql<()>, provider: &AuthProvider) -> Result<(), gantry_db::Error> {
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
    tx.execute(sql, values).await.map(|_| ())
}

/// Returns the provider and locks its row until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<AuthProvider>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// Returns a page of the realm's providers.
pub(super) async fn list(q: impl Query, realm: &str, page: &Page) -> Result<Vec<AuthProvider>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![realm, start.id(), page.probe()]).await?)
}

/// Deletes a provider. Returns whether it existed.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<AuthProvider>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

/// Returns the realm's active social providers, oldest first.
pub(super) async fn social(q: impl Query, realm: &str) -> Result<Vec<AuthProvider>> {
    Ok(q.rows(&SOCIAL, params![realm]).await?)
}

/// Returns the realm's provider of a type that a realm has at most once.
pub(super) async fn of_type(q: impl Query, realm: &str, wanted: ProviderType) -> Result<Option<AuthProvider>> {
    Ok(q.row(&OF_TYPE, params![realm, wanted]).await?)
}
