//! Identity of a user as a provider reports it.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::auth_providers::{AuthProvider, ProviderType};
use crate::credentials::{CredentialType, SocialAccount};
use crate::error::{Error, Result};
use crate::text;
use crate::users::names;
use crate::words::Word;

const LONGEST_ID: usize = 255;
const LONGEST_NAME: usize = 100;
/// Longer tokens work for the login and are not kept.
const LONGEST_TOKEN: usize = 4096;

/// User at a provider. It has no `Debug`, because it contains a token.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Identity {
    /// User id at the provider, which never changes.
    pub provider_user_id: String,
    /// Email address, if the provider reveals it.
    pub email: Option<String>,
    /// Whether the provider says that it has verified the address.
    pub email_verified: bool,
    /// Username at the provider.
    pub username: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Access token for further requests to the provider.
    pub access_token: Option<String>,
    /// Expiry of the access token in epoch milliseconds.
    pub token_expires_at: Option<i64>,
}

impl Identity {
    /// Normalizes all fields to the form that users have; values that cannot be normalized are omitted.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the id is missing or too long.
    pub(super) fn tidy(self) -> Result<Self> {
        let id = self.provider_user_id;
        if id.is_empty() || id.len() > LONGEST_ID || id.contains(char::is_control) {
            return Err(Error::invalid("base", "no_identity", "The provider told no usable id of the person"));
        }
        let email = self.email.as_deref().and_then(|email| names::email(email).ok());
        Ok(Self {
            provider_user_id: id,
            email_verified: self.email_verified && email.is_some(),
            email,
            username: self.username.as_deref().and_then(line),
            first_name: self.first_name.as_deref().and_then(line),
            last_name: self.last_name.as_deref().and_then(line),
            access_token: self.access_token.filter(|token| token.len() <= LONGEST_TOKEN),
            token_expires_at: self.token_expires_at.filter(|at| *at > 0),
        })
    }

    /// Returns the account at this provider.
    pub(super) fn account(&self, provider: &AuthProvider) -> Result<SocialAccount> {
        Ok(SocialAccount {
            auth_provider_id: provider.id.clone(),
            credential_type: credential_type(provider.provider_type)?,
            provider_user_id: self.provider_user_id.clone(),
            access_token: self.access_token.as_deref().map(SecretString::from),
            token_expires_at: self.token_expires_at,
        })
    }
}

fn credential_type(provider_type: ProviderType) -> Result<CredentialType> {
    let social = Some(provider_type).filter(|kind| kind.is_social());
    let kind = social.and_then(|kind| CredentialType::parse(kind.as_str()));
    kind.ok_or_else(|| Error::internal("a provider without accounts"))
}

/// Normalizes a name to one line. Removes control characters and line breaks, which are errors in API requests.
fn line(name: &str) -> Option<String> {
    let is_refused = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let clean: String = name.chars().filter(|c| !is_refused(*c)).collect();
    let cut: String = text::line(&clean).chars().take(LONGEST_NAME).collect();
    Some(text::line(&cut)).filter(|name| !name.is_empty())
}
