//! Identities that wait for something only the person can give: the password of the account that has their address, or
//! what a form asks for.
//!
//! Guarantees: a waiting identity has one name, 256 random bits in a cookie of the browser that came back from the
//! provider; who it is, is sealed and cannot be exchanged; it is for one account of one realm, ends after 30 minutes, and
//! is spent in the transaction of what it leads to.

use gantry_crypto::{hex, token};
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::identity::Identity;
use super::matching::{Arrived, Here, told_as_change};
use super::signup::{enroll, may_sign_up};
use super::store::{self, Kept};
use crate::actor::{Access, Actor};
use crate::auth_providers::{self, AuthProvider};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::credentials;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::json;
use crate::logins::{self, Door, LoggedIn, Step};
use crate::realms::Realm;
use crate::users::{self, Key, User};

const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// One of them. Has no `Debug`: it holds a token.
pub struct Waiting {
    kept: Kept,
    /// Where they come from.
    pub provider: AuthProvider,
    /// Who they are there.
    pub identity: Identity,
}

impl Waiting {
    /// Whether a password is awaited, and not a form.
    pub fn is_link(&self) -> bool {
        self.kept.user_id.is_some()
    }

    /// Whether a form is awaited.
    pub fn is_form(&self) -> bool {
        !self.is_link()
    }
}

/// Keeps the identity of an arrival. The browser's cookie.
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

/// What waits under this cookie, while its provider is active.
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

/// Logs in the account that has the address, by its password, and makes the identity one of its credentials; where a
/// code has to follow, [`link_with_code`] does. Limits and events are those of any login.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong password or an inactive user; [`Error::NotFound`] where nothing waits;
/// [`Error::Limited`] after too many tries.
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

/// The second step of that.
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

/// Makes the identity one of the user's credentials, inside the transaction that logs them in.
pub(crate) async fn attach(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    waiting: &Waiting,
) -> Result<()> {
    let is_theirs = waiting.kept.user_id.as_ref() == Some(&user.id);
    if !is_theirs || !store::forget(tx, &realm.id, &waiting.kept.token_hash).await? {
        return Err(Error::NotFound("waiting identity"));
    }
    let account = waiting.identity.account(&waiting.provider)?;
    credentials::insert_social(core, tx, realm, &user.id, &account).await?;
    told_as_change(core, tx, realm, actor, &user.id).await
}

/// Signs somebody up with what the form asked for; what the provider told, the form does not change.
///
/// # Errors
/// [`Error::Invalid`] with the form's broken rules; [`Error::NotFound`] where nothing waits, or nobody may sign up.
pub async fn sign_up(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    waiting: &Waiting,
    mut sent: Fields,
    (door, place): (Door, Place),
) -> Result<Arrived> {
    actor.need(Access::Write)?;
    if waiting.is_link() {
        return Err(Error::NotFound("waiting identity"));
    }
    let settings = auth_providers::login_rocket(&core.db, realm).await?.ok_or(Error::NotFound("signup"))?;
    may_sign_up(core, actor, door, &settings)?;
    if let Some(email) = &waiting.identity.email {
        sent.set("email", email);
    }
    let account = waiting.identity.account(&waiting.provider)?;
    let mut sent = logins::form(&settings, realm, sent);
    let org_name = logins::org_name(&settings, &mut sent);
    let signup = users::signed_up_at_provider(core, realm, sent, (account, true))?;
    let mut tx = core.db.begin().await?;
    if !store::forget(&mut tx, &realm.id, &waiting.kept.token_hash).await? {
        return Err(Error::NotFound("waiting identity"));
    }
    enroll(core, tx, realm, actor, (signup, org_name), &settings, (door, Some(place))).await
}

fn place(token_hash: &[u8]) -> String {
    format!("waiting_identities/{}", hex::encode(token_hash))
}
