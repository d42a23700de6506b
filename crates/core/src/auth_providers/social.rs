//! The social providers of a realm.

use gantry_db::Query;

use super::ProviderType;
use super::store::{self, AuthProvider};
use crate::error::Result;
use crate::realms::Realm;
use crate::words::Word;

impl AuthProvider {
    /// What people know a social provider by: its own name, or the one that a custom one was given.
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

    /// What it is called in addresses: its kind, where the realm has that once at most, else its id.
    pub fn key(&self) -> &str {
        if self.provider_type == ProviderType::Oauth2 { &self.id } else { self.provider_type.as_str() }
    }
}

/// The realm's active social providers.
pub async fn social(q: impl Query, realm: &Realm) -> Result<Vec<AuthProvider>> {
    store::social(q, &realm.id).await
}
