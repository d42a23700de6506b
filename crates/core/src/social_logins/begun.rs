//! Social logins that have not returned from the provider.
//!
//! Guarantees: the state has 256 random bits and is stored as a hash; it ends after 30 minutes, when it has led to an
//! identity, or after several refused codes; it belongs to one provider of one realm, and to the browser or the nonce
//! for which it was created; the secrets for the code exchange are sealed.

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

/// Number of refused codes that ends the login.
const MOST_TRIES: i64 = 5;

/// Proof that must accompany the state at the end of a login.
#[derive(Clone, Copy)]
pub enum Bound<'a> {
    /// Cookie of the browser in which the login began.
    Browser(&'a str),
    /// Nonce that the app's server stores in its user's session, if any.
    Nonce(Option<&'a str>),
}

impl Bound<'_> {
    /// Returns the hash. Prefixes keep cookies and nonces apart.
    fn hash(self) -> Option<Vec<u8>> {
        let text = match self {
            Self::Browser(cookie) => format!("browser {cookie}"),
            Self::Nonce(nonce) => format!("nonce {}", nonce?),
        };
        Some(token::hash(&text).to_vec())
    }
}

/// Redirect targets and language of a login.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Way {
    /// Where the provider sends the browser with the code.
    pub callback: String,
    /// Value that is returned to the app.
    pub redir: Option<String>,
    /// Where the app wants the login to end.
    pub redirect_uri: Option<String>,
    /// Language that the user requested.
    pub locale: Option<String>,
}

/// Parameters of the provider's authorization URL.
pub struct Begun {
    /// State that the provider returns with the code.
    pub state: SecretString,
    /// PKCE code challenge (S256).
    pub challenge: String,
    /// Nonce that the provider returns in the ID token.
    pub nonce: String,
}

/// Social login in progress. It has no `Debug`, because it contains secrets.
pub struct Pending {
    state_hash: Vec<u8>,
    realm_id: String,
    /// `ap_…`
    pub auth_provider_id: String,
    /// Redirect targets and language.
    pub way: Way,
    /// PKCE code verifier.
    pub verifier: String,
    /// Nonce that must be in the ID token.
    pub nonce: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    way: Way,
    verifier: String,
    nonce: String,
}

/// Stores what the callback must present.
///
/// # Errors
/// [`Error::Limited`] if too many logins began at the visitor's address.
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

/// Returns the login of this state, if it has not ended and the browser or nonce matches.
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

/// Counts a code that the provider refused. The state may be retried a limited number of times.
pub async fn refused(core: &Core, pending: &Pending) -> Result<()> {
    let mut tx = core.db.begin().await?;
    store::count_try(&mut tx, &pending.realm_id, &pending.state_hash).await?;
    store::delete_tried(&mut tx, &pending.realm_id, &pending.state_hash, MOST_TRIES).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a login whose callback had no code. Returns whether it still existed.
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

/// Records that a login at a social provider was refused. The event names no user.
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

/// Ends the login inside the transaction of its result. Returns whether it still existed.
pub(super) async fn spend(tx: &mut Tx, pending: &Pending) -> Result<bool> {
    store::delete(tx, &pending.realm_id, &pending.state_hash).await
}

/// Removes up to a batch of expired logins and of expired identities. Returns whether more may remain.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let (begun, waiting) = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(begun == BATCH || waiting == BATCH)
}

fn place(state_hash: &[u8]) -> String {
    format!("social_logins/{}", hex::encode(state_hash))
}
