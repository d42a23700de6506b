//! Who somebody is, as a provider tells it.

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

/// Somebody at a provider. Has no `Debug`: it holds a token.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Their id there, which never changes.
    pub provider_user_id: String,
    /// Their address, if it is told.
    pub email: Option<String>,
    /// Whether the provider says that it has verified the address.
    pub email_verified: bool,
    /// What they are called there.
    pub username: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// With which the provider can be asked more.
    pub access_token: Option<String>,
    /// When that expires, epoch milliseconds.
    pub token_expires_at: Option<i64>,
}

impl Identity {
    /// With everything in the form in which users have it; what cannot be brought there is left out.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the id is missing or too long to be told apart from others.
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

    /// The account at this provider.
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

/// One line that a name can be. Control characters and line breaks, which a caller is refused for, are left out.
fn line(name: &str) -> Option<String> {
    let is_refused = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let clean: String = name.chars().filter(|c| !is_refused(*c)).collect();
    let cut: String = text::line(&clean).chars().take(LONGEST_NAME).collect();
    Some(text::line(&cut)).filter(|name| !name.is_empty())
}
