//! Logins that were begun and have not come back from the provider.
//!
//! Guarantees: the state has 256 random bits and is kept as a hash; it ends after 30 minutes, when it has led to an
//! identity, or after some refused codes; it belongs to one provider of one realm, and to the browser or the nonce that
//! it was made for; what the code is exchanged with is sealed.

use gantry_crypto::{hex, pkce, token};
use gantry_db::Tx;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::store::{self, Row};
use crate::actor::{Access, Actor, Who};
use crate::auth_providers::AuthProvider;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::FailureReason;
use crate::json;
use crate::logins::{self, FailedLogin};
use crate::page::BATCH;
use crate::realms::Realm;

const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// Refused codes that end it.
const MOST_TRIES: i64 = 5;

/// What the end of a login has to show beside the state.
#[derive(Clone, Copy)]
pub enum Bound<'a> {
    /// A cookie of the browser that it was begun in.
    Browser(&'a str),
    /// What the app's server keeps in its user's session, if it keeps anything.
    Nonce(Option<&'a str>),
}

impl Bound<'_> {
    /// The two never stand for each other.
    fn hash(self) -> Option<Vec<u8>> {
        let text = match self {
            Self::Browser(cookie) => format!("browser {cookie}"),
            Self::Nonce(nonce) => format!("nonce {}", nonce?),
        };
        Some(token::hash(&text).to_vec())
    }
}

/// Where a login goes and comes back to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Way {
    /// Where the provider sends the browser with the code.
    pub callback: String,
    /// What the app asked to have handed back.
    pub redir: Option<String>,
    /// Where the app wants the login to end.
    pub redirect_uri: Option<String>,
    /// The language that the person asked for.
    pub locale: Option<String>,
}

/// What the provider's address needs.
pub struct Begun {
    /// Comes back with the code.
    pub state: SecretString,
    /// Of PKCE, by S256.
    pub challenge: String,
    /// Comes back in the ID token.
    pub nonce: String,
}

/// A login on its way. Has no `Debug`: it holds secrets.
pub struct Pending {
    state_hash: Vec<u8>,
    realm_id: String,
    /// `ap_…`
    pub auth_provider_id: String,
    /// Where it came from and goes on.
    pub way: Way,
    /// Of PKCE.
    pub verifier: String,
    /// Has to be in the ID token.
    pub nonce: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    way: Way,
    verifier: String,
    nonce: String,
}

/// Keeps what the way back has to show.
///
/// # Errors
/// [`Error::Limited`] when the visitor's address began too many.
pub async fn begin(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    provider: &AuthProvider,
    way: Way,
    bound: Bound<'_>,
) -> Result<Begun> {
    actor.need(Access::Read)?;
    let now = core.clock.now_ms();
    if matches!(actor.who, Who::Visitor) {
        core.tries.social(now, actor.origin.ip.as_deref())?;
    }
    let state = token::generate(None, &core.random);
    let sealed =
        Sealed { way, verifier: token::generate(None, &core.random), nonce: token::generate(None, &core.random) };
    let state_hash = token::hash(&state).to_vec();
    let begun = Begun {
        state: SecretString::from(state),
        challenge: pkce::challenge(&sealed.verifier),
        nonce: sealed.nonce.clone(),
    };
    let row = Row {
        realm_id: realm.id.clone(),
        auth_provider_id: provider.id.clone(),
        bound_to: bound.hash(),
        sealed: core.master.seal(&place(&state_hash), json::to_text(&sealed).as_bytes(), &core.random),
        tries: 0,
        expires_at: now + LIFETIME_MS,
        state_hash,
    };
    let mut tx = core.db.begin().await?;
    store::insert(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(begun)
}

/// The login of this state, if it has not ended and the same browser or nonce asks.
pub async fn find(core: &Core, realm: &Realm, state: &str, bound: Bound<'_>) -> Result<Option<Pending>> {
    let hash = token::hash(state);
    let Some(row) = store::find(&core.db, &realm.id, &hash, core.clock.now_ms()).await? else { return Ok(None) };
    let same = match (&row.bound_to, bound.hash()) {
        (Some(kept), Some(shown)) => token::same(kept, &shown),
        (None, None) => true,
        _ => false,
    };
    if !same {
        return Ok(None);
    }
    let opened = core.master.open(&place(&row.state_hash), &row.sealed).map_err(Error::internal)?;
    let sealed: Sealed = serde_json::from_slice(&opened).map_err(Error::internal)?;
    Ok(Some(Pending {
        state_hash: row.state_hash,
        realm_id: row.realm_id,
        auth_provider_id: row.auth_provider_id,
        way: sealed.way,
        verifier: sealed.verifier,
        nonce: sealed.nonce,
    }))
}

/// The provider refused the code: the state may be tried again, but not for ever.
pub async fn refused(core: &Core, pending: &Pending) -> Result<()> {
    let mut tx = core.db.begin().await?;
    store::count_try(&mut tx, &pending.realm_id, &pending.state_hash).await?;
    store::delete_tried(&mut tx, &pending.realm_id, &pending.state_hash, MOST_TRIES).await?;
    tx.commit().await?;
    Ok(())
}

/// The person has come back without a code: the state has done its work. Whether it was still there.
pub async fn give_up(core: &Core, realm: &Realm, actor: &Actor, pending: &Pending) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let there = spend(&mut tx, pending).await?;
    if there {
        let failed = FailedLogin::new(FailureReason::Cancelled).at(&pending.auth_provider_id);
        logins::record_failure(core, &mut tx, realm, actor, failed).await?;
    }
    tx.commit().await?;
    Ok(there)
}

/// Records that a login at a social provider was refused. It names nobody.
pub async fn record_refusal(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    auth_provider: &str,
    reason: FailureReason,
) -> Result<()> {
    let mut tx = core.db.begin().await?;
    logins::record_failure(core, &mut tx, realm, actor, FailedLogin::new(reason).at(auth_provider)).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends it inside the transaction of what it has led to. Whether it was still there.
pub(super) async fn spend(tx: &mut Tx, pending: &Pending) -> Result<bool> {
    store::delete(tx, &pending.realm_id, &pending.state_hash).await
}

/// Removes up to a batch of expired logins, and of expired identities. Whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let (begun, waiting) = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(begun == BATCH || waiting == BATCH)
}

fn place(state_hash: &[u8]) -> String {
    format!("social_logins/{}", hex::encode(state_hash))
}
