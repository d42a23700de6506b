//! What may be done with Signup Tokens.

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

/// A token that was just made. Its text is the only way to it.
pub struct Made {
    /// `utk_…`
    pub whole: SecretString,
    /// What it holds.
    pub token: SignupToken,
}

/// Keeps signup data for a day: all rules of a new user hold already.
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

/// The same for a signup that is checked already, inside a transaction.
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

/// What a social provider's token is sealed for.
fn place(token_hash: &[u8]) -> String {
    format!("signup_tokens/{}", hex::encode(token_hash))
}

/// The account at a social provider that the token holds, if it does.
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

/// What a token holds, while it can be used.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, whole: &str) -> Result<SignupToken> {
    actor.need(Access::Read)?;
    read(core, realm, whole).await?.ok_or(Error::NotFound("signup token"))
}

async fn read(core: &Core, realm: &Realm, whole: &str) -> Result<Option<SignupToken>> {
    store::find(&core.db, &realm.id, &token::hash(whole), core.clock.now_ms()).await
}

/// The token that a new user is to be made of, if one was sent. What it holds is put into `sent`, unless the caller
/// sent another value; a token that can't be used is an error of the field.
pub(crate) async fn named(core: &Core, realm: &Realm, sent: &mut Fields) -> Result<Option<SignupToken>> {
    let Sent::Value(whole) = sent.secret_token("token") else { return Ok(None) };
    let Some(token) = read(core, realm, whole.expose_secret()).await? else { return Err(Error::unusable_token()) };
    let held = [
        ("username", Some(&token.username)),
        ("email", token.email.as_ref()),
        ("first_name", token.first_name.as_ref()),
        ("last_name", token.last_name.as_ref()),
    ];
    // The address that the provider has verified, and no other.
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

/// Spends the token inside the transaction that makes the user.
pub(crate) async fn spend(tx: &mut Tx, token: &SignupToken) -> Result<()> {
    if store::delete(tx, &token.realm_id, &token.token_hash).await? { Ok(()) } else { Err(Error::unusable_token()) }
}

/// Removes up to a batch of expired tokens. Whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
