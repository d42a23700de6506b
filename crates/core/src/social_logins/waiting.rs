//! Identities that wait for input of the user: the password of the account that has their address, or a form.
//!
//! Guarantees: a waiting identity is named only by 256 random bits in a cookie of the browser that returned from the
//! provider; its content is sealed and cannot be exchanged; it is for one account of one realm, ends after 30 minutes,
//! and is consumed in the transaction of its result.

use gantry_crypto::{hex, token};
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::arrival::{Here, told_as_change};
use super::identity::Identity;
use super::store::{self, Kept};
use crate::actor::Actor;
use crate::auth_providers::{self, AuthProvider};
use crate::core::Core;
use crate::credentials;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::json;
use crate::logins::{self, Door, LoggedIn, Step};
use crate::realms::Realm;
use crate::users::{Key, User};

const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// Waiting identity. It has no `Debug`, because it contains a token.
pub struct Waiting {
    kept: Kept,
    /// Provider of the identity.
    pub provider: AuthProvider,
    /// Identity at the provider.
    pub identity: Identity,
}

impl Waiting {
    /// Returns whether a password is awaited rather than a form.
    pub fn is_link(&self) -> bool {
        self.kept.user_id.is_some()
    }

    /// Returns whether a form is awaited.
    pub fn is_form(&self) -> bool {
        !self.is_link()
    }
}

/// Stores the identity of a callback. Returns the browser's cookie.
pub(super) async fn keep(here: &Here<'_>, tx: &mut Tx, user: Option<&str>) -> Result<SecretString> {
    let core = here.core;
    let cookie = token::generate(None, &core.random);
    let token_hash = token::hash(&cookie).to_vec();
    let identity = json::to_text(here.identity);
    let kept = Kept {
        realm_id: here.realm.id.clone(),
        auth_provider_id: here.provider.id.clone(),
        user_id: user.map(str::to_owned),
        sealed: core.master.seal(&place(&token_hash), identity.as_bytes(), &core.random),
        expires_at: core.clock.now_ms() + LIFETIME_MS,
        token_hash,
    };
    store::keep(tx, &kept).await?;
    Ok(SecretString::from(cookie))
}

/// Consumes the identity. Returns whether it existed.
pub(super) async fn spend(tx: &mut Tx, realm: &Realm, waiting: &Waiting) -> Result<bool> {
    store::forget(tx, &realm.id, &waiting.kept.token_hash).await
}

/// Returns the identity that waits under this cookie, while its provider is active.
///
/// # Errors
/// [`Error::NotFound`] for a cookie that is unknown, spent or too old.
pub async fn waiting(core: &Core, realm: &Realm, cookie: &SecretString) -> Result<Waiting> {
    let gone = || Error::NotFound("waiting identity");
    let hash = token::hash(cookie.expose_secret());
    let kept = store::kept(&core.db, &realm.id, &hash, core.clock.now_ms()).await?.ok_or_else(gone)?;
    let provider = auth_providers::active_one(&core.db, realm, &kept.auth_provider_id).await?.ok_or_else(gone)?;
    let opened = core.master.open(&place(&kept.token_hash), &kept.sealed).map_err(Error::internal)?;
    let identity = serde_json::from_slice(&opened).map_err(Error::internal)?;
    Ok(Waiting { kept, provider, identity })
}

/// Logs in to the account that has the address, with its password, and links the identity. If a code is required,
/// [`link_with_code`] follows. Rate limits and events are those of any login.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong password or an inactive user; [`Error::NotFound`] if no identity waits;
/// [`Error::Limited`] after too many attempts.
pub async fn link(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    waiting: &Waiting,
    password: &SecretString,
    door: Door,
) -> Result<Step> {
    let key = Key::Id(waiting.kept.user_id.clone().ok_or(Error::NotFound("waiting identity"))?);
    logins::with_password_and(core, realm, actor, (&key, password), door, Some(waiting)).await
}

/// Completes [`link`] with a code.
///
/// # Errors
/// Those of [`logins::with_code`].
pub async fn link_with_code(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    waiting: &Waiting,
    sent: Fields,
    door: Door,
) -> Result<LoggedIn> {
    logins::with_code_and(core, realm, actor, None, sent, door, Some(waiting)).await
}

/// Links the identity to the user, inside the transaction of the login.
pub(crate) async fn attach(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    waiting: &Waiting,
) -> Result<()> {
    let is_theirs = waiting.kept.user_id.as_ref() == Some(&user.id);
    if !is_theirs || !spend(tx, realm, waiting).await? {
        return Err(Error::NotFound("waiting identity"));
    }
    let account = waiting.identity.account(&waiting.provider)?;
    credentials::insert_social(core, tx, realm, &user.id, &account).await?;
    told_as_change(core, tx, realm, actor, &user.id).await
}

fn place(token_hash: &[u8]) -> String {
    format!("waiting_identities/{}", hex::encode(token_hash))
}
