//! Social providers of a realm, and the client credentials for each of them.

use gantry_crypto::id;
use gantry_db::Query;
use secrecy::SecretString;

use super::settings::{Oauth2, Settings};
use super::store::{self, AuthProvider};
use super::{ProviderType, fields};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::realms::Realm;
use crate::words::{State, Word};

/// Client credentials at a social provider. Has no `Debug`: it holds a secret.
pub struct SocialClient {
    /// Stored provider.
    pub provider: AuthProvider,
    /// Client id at the provider.
    pub client_id: String,
    /// Client secret at the provider.
    pub client_secret: SecretString,
    /// Endpoints and profile fields of a custom provider.
    pub custom: Option<Oauth2>,
}

impl ProviderType {
    /// Returns whether users log in at an external provider.
    pub fn is_social(self) -> bool {
        !matches!(self, Self::LoginRocket | Self::Password | Self::Totp)
    }
}

impl AuthProvider {
    /// Display name of a social provider: its brand, or the configured name of a custom provider.
    pub fn title(&self) -> &str {
        match self.provider_type {
            ProviderType::Facebook => "Facebook",
            ProviderType::Github => "GitHub",
            ProviderType::Google => "Google",
            ProviderType::Linkedin => "LinkedIn",
            ProviderType::Slack => "Slack",
            ProviderType::Yahoo => "Yahoo",
            _ => self.name.as_deref().unwrap_or(self.provider_type.as_str()),
        }
    }

    /// Key of the provider in URLs: its type, or its id for `oauth2`, of which a realm may have several.
    pub fn key(&self) -> &str {
        if self.provider_type == ProviderType::Oauth2 { &self.id } else { self.provider_type.as_str() }
    }
}

/// Returns the realm's active social providers.
pub async fn social(q: impl Query, realm: &Realm) -> Result<Vec<AuthProvider>> {
    store::social(q, &realm.id).await
}

/// Returns the client credentials of an active social provider, by its id or type.
///
/// # Errors
/// [`Error::NotFound`] if the provider is unknown, inactive or not a social provider.
pub async fn social_client(core: &Core, realm: &Realm, key: &str) -> Result<SocialClient> {
    let found = match ProviderType::parse(key) {
        Some(kind) => store::of_type(&core.db, &realm.id, kind).await?,
        None if id::is("ap", key) => store::find(&core.db, &realm.id, key).await?,
        None => None,
    };
    let active = found.filter(|found| found.state == State::Active && found.provider_type.is_social());
    client_of(core, active.ok_or(Error::NotFound("auth provider"))?)
}

/// Returns the decrypted client credentials of this provider.
pub fn client_of(core: &Core, provider: AuthProvider) -> Result<SocialClient> {
    let (Some(client_id), Some(sealed)) = (provider.client_id.clone(), &provider.client_secret) else {
        return Err(Error::internal("a social provider without its app"));
    };
    let opened = core.master.open(&fields::place(&provider.id), sealed).map_err(Error::internal)?;
    let secret = std::str::from_utf8(&opened).map_err(Error::internal)?;
    let custom = match Settings::read(provider.provider_type, &provider.settings).map_err(Error::internal)? {
        Settings::Oauth2(custom) => Some(custom),
        _ => None,
    };
    Ok(SocialClient { client_id, client_secret: SecretString::from(secret), custom, provider })
}
