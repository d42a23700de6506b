//! SQL of auth providers.

use gantry_db::{Query, Sql, Tx, params, row, statements};

use super::ProviderType;
use crate::error::Result;
use crate::page::{Listable, Page};
use crate::words::State;

row! {
    /// One provider.
    #[derive(Debug, Clone)]
    pub struct AuthProvider {
        /// `ap_…`
        pub id: String,
        /// Its realm.
        pub realm_id: String,
        /// Its kind.
        pub provider_type: ProviderType,
        /// Inactive: nobody logs in by it.
        pub state: State,
        /// What people call it.
        pub name: Option<String>,
        /// The app's id at the provider.
        pub client_id: Option<String>,
        /// The app's secret there, sealed.
        pub(crate) client_secret: Option<Vec<u8>>,
        /// What is asked for beyond the usual.
        pub scopes: Option<String>,
        /// The fields of its kind, as JSON.
        pub(crate) settings: String,
        /// Epoch milliseconds.
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

/// The provider, kept from changing until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, realm: &str, id: &str) -> Result<Option<AuthProvider>> {
    Ok(tx.row(&LOCK, params![realm, id]).await?)
}

/// A page of the realm's providers.
pub(super) async fn list(q: impl Query, realm: &str, page: &Page) -> Result<Vec<AuthProvider>> {
    let start = page.start_by_id()?;
    let sql = if page.descending { &DOWN_BY_ID } else { &UP_BY_ID };
    Ok(q.rows(sql, params![realm, start.id(), page.probe()]).await?)
}

/// Whether there was one.
pub(super) async fn delete(tx: &mut Tx, realm: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, params![realm, id]).await? > 0)
}

pub(super) async fn find(q: impl Query, realm: &str, id: &str) -> Result<Option<AuthProvider>> {
    Ok(q.row(&FIND, params![realm, id]).await?)
}

/// The realm's active social providers, the oldest first.
pub(super) async fn social(q: impl Query, realm: &str) -> Result<Vec<AuthProvider>> {
    Ok(q.rows(&SOCIAL, params![realm]).await?)
}

/// The realm's provider of a type that it has once at most.
pub(super) async fn of_type(q: impl Query, realm: &str, wanted: ProviderType) -> Result<Option<AuthProvider>> {
    Ok(q.row(&OF_TYPE, params![realm, wanted]).await?)
}
