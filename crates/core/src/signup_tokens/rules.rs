//! Operations on Signup Tokens.

use gantry_crypto::{hex, token};
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::store::{self, SignupToken};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::credentials::{CredentialType, NewPassword, SocialAccount};
use crate::error::{Error, Result};
use crate::fields::{Fields, Sent};
use crate::page::BATCH;
use crate::realms::{Realm, UsernameValidation};
use crate::users::{self, EmailVerification, Signup};
use crate::words::Word as _;

const LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// New Signup Token. Its text cannot be read again later.
pub struct Made {
    /// `utk_…`
    pub whole: SecretString,
    /// Signup data of the token.
    pub token: SignupToken,
}

/// Stores signup data for a day. It is validated like a new user.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Made> {
    actor.need(Access::Write)?;
    if realm.username_validation_human == UsernameValidation::Email
        && !sent.holds("email")
        && let Sent::Value(username) = sent.line("username", 255)
    {
        sent.set("email", &username);
    }
    let signup = users::signed_up(core, realm, sent).await?;
    let mut tx = core.db.begin().await?;
    users::free(&mut tx, realm, &signup.user).await?;
    let made = keep(core, &mut tx, realm, signup).await?;
    tx.commit().await?;
    Ok(made)
}

/// Stores a validated signup inside a transaction.
pub(crate) async fn keep(core: &Core, tx: &mut Tx, realm: &Realm, signup: Signup) -> Result<Made> {
    let whole = token::generate(Some("utk"), &core.random);
    let token_hash = token::hash(&whole).to_vec();
    let (user, account) = (signup.user, signup.account);
    let place = place(&token_hash);
    let seal = |token: &SecretString| core.master.seal(&place, token.expose_secret().as_bytes(), &core.random);
    let token = SignupToken {
        token_hash,
        realm_id: realm.id.clone(),
        username: user.username,
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
        credential_type: account.as_ref().map_or(CredentialType::Password, |account| account.credential_type),
        password_hash: signup.password.map(NewPassword::into_hash),
        expires_at: core.clock.now_ms() + LIFETIME_MS,
        sealed: account.as_ref().and_then(|account| account.access_token.as_ref()).map(seal),
        token_expires_at: account.as_ref().and_then(|account| account.token_expires_at),
        auth_provider_id: account.as_ref().map(|account| account.auth_provider_id.clone()),
        provider_user_id: account.map(|account| account.provider_user_id),
        email_verified: user.email_verification == EmailVerification::Verified,
    };
    store::insert(tx, &token).await?;
    Ok(Made { whole: SecretString::from(whole), token })
}

/// Returns the sealing context of a social provider's token.
fn place(token_hash: &[u8]) -> String {
    format!("signup_tokens/{}", hex::encode(token_hash))
}

/// Returns the social account in the token, if any.
pub(crate) fn account(core: &Core, token: &SignupToken) -> Result<Option<SocialAccount>> {
    let (Some(provider), Some(id)) = (&token.auth_provider_id, &token.provider_user_id) else { return Ok(None) };
    let access_token = match &token.sealed {
        Some(sealed) => {
            let opened = core.master.open(&place(&token.token_hash), sealed).map_err(Error::internal)?;
            std::str::from_utf8(&opened).ok().map(SecretString::from)
        }
        None => None,
    };
    Ok(Some(SocialAccount {
        auth_provider_id: provider.clone(),
        credential_type: token.credential_type,
        provider_user_id: id.clone(),
        access_token,
        token_expires_at: token.token_expires_at,
    }))
}

/// Returns the data of a usable token.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, whole: &str) -> Result<SignupToken> {
    actor.need(Access::Read)?;
    read(core, realm, whole).await?.ok_or(Error::NotFound("signup token"))
}

async fn read(core: &Core, realm: &Realm, whole: &str) -> Result<Option<SignupToken>> {
    store::find(&core.db, &realm.id, &token::hash(whole), core.clock.now_ms()).await
}

/// Returns the Signup Token from which to create a user, if one was sent. Its data is put into `sent`, unless the
/// caller sent another value; an unusable token is a validation error.
pub(crate) async fn named(core: &Core, realm: &Realm, sent: &mut Fields) -> Result<Option<SignupToken>> {
    let Sent::Value(whole) = sent.secret_token("token") else { return Ok(None) };
    let Some(token) = read(core, realm, whole.expose_secret()).await? else { return Err(Error::unusable_token()) };
    let held = [
        ("username", Some(&token.username)),
        ("email", token.email.as_ref()),
        ("first_name", token.first_name.as_ref()),
        ("last_name", token.last_name.as_ref()),
    ];
    // Only the address that the provider verified is trusted.
    if token.email_verified && !sent.holds("email") && !sent.holds("email_verification") {
        sent.set("email_verification", EmailVerification::Verified.as_str());
    }
    for (name, value) in held {
        if let Some(value) = value.filter(|_| !sent.holds(name)) {
            sent.set(name, value);
        }
    }
    if !sent.holds("user_type") {
        sent.set("user_type", "human");
    }
    Ok(Some(token))
}

/// Consumes the token inside the transaction that creates the user.
pub(crate) async fn spend(tx: &mut Tx, token: &SignupToken) -> Result<()> {
    if store::delete(tx, &token.realm_id, &token.token_hash).await? { Ok(()) } else { Err(Error::unusable_token()) }
}

/// Removes up to a batch of expired tokens. Returns whether more may remain.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
