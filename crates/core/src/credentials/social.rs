//! Social identities, as created and refreshed by logins.

use gantry_db::{Query, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::CredentialType;
use super::fields;
use super::rules::taken;
use super::store::{self, Credential};
use crate::core::Core;
use crate::error::Result;
use crate::realms::Realm;

/// A user's identity at a social provider. Has no `Debug`: it holds a token.
#[derive(Clone)]
pub(crate) struct SocialAccount {
    pub auth_provider_id: String,
    pub credential_type: CredentialType,
    pub provider_user_id: String,
    pub access_token: Option<SecretString>,
    /// Expiry of the token in epoch milliseconds.
    pub token_expires_at: Option<i64>,
}

/// Adds the identity to the user's credentials.
pub(crate) async fn insert_social(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &str,
    account: &SocialAccount,
) -> Result<()> {
    let mut credential = fields::fresh(core, realm, user, account.credential_type);
    credential.auth_provider_id = Some(account.auth_provider_id.clone());
    credential.provider_user_id = Some(account.provider_user_id.clone());
    apply(core, &mut credential, account);
    store::insert(tx, &credential).await.map_err(taken)
}

/// Stores the newest token of a known identity.
pub(crate) async fn refresh_social(
    core: &Core,
    tx: &mut Tx,
    mut credential: Credential,
    account: &SocialAccount,
) -> Result<()> {
    apply(core, &mut credential, account);
    store::update(tx, &credential).await.map_err(taken)
}

fn apply(core: &Core, credential: &mut Credential, account: &SocialAccount) {
    let place = fields::place(&credential.id);
    let seal = |token: &SecretString| core.master.seal(&place, token.expose_secret().as_bytes(), &core.random);
    credential.sealed = account.access_token.as_ref().map(seal);
    credential.token_expires_at = account.token_expires_at;
}

/// Deletes all social identities of the user.
pub(crate) async fn delete_social(tx: &mut Tx, realm: &Realm, user: &str) -> Result<()> {
    store::delete_social(tx, &realm.id, user).await
}

/// Finds the credential of this identity.
pub(crate) async fn at_provider(
    q: impl Query,
    realm: &Realm,
    auth_provider_id: &str,
    provider_user_id: &str,
) -> Result<Option<Credential>> {
    store::at_provider(q, &realm.id, auth_provider_id, provider_user_id).await
}
