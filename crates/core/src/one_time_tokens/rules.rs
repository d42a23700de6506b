//! Issuing, finding and spending one-time tokens.

use gantry_crypto::token;
use gantry_db::{Query, Tx};
use secrecy::{ExposeSecret, SecretString};

use super::Purpose;
use super::store::{self, OneTimeToken};
use crate::core::Core;
use crate::error::Result;
use crate::page::BATCH;
use crate::realms::Realm;
use crate::users::User;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Number of wrong codes that spends a pending login.
const MOST_TRIES: i64 = 5;

impl Purpose {
    fn prefix(self) -> &'static str {
        match self {
            Self::Password => "kpw",
            Self::Email => "kev",
            Self::Login => "kli",
            Self::Resend => "krs",
        }
    }

    /// Returns the lifetime of a token, in milliseconds.
    pub(crate) fn lifetime_ms(self) -> i64 {
        match self {
            Self::Password => DAY_MS,
            Self::Email => 7 * DAY_MS,
            Self::Login => 10 * MINUTE_MS,
            Self::Resend => 30 * MINUTE_MS,
        }
    }
}

/// Issues a token for the user. An email token verifies the address that the user has now.
pub(crate) async fn issue(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    purpose: Purpose,
) -> Result<SecretString> {
    let whole = token::generate(Some(purpose.prefix()), &core.random);
    let kept = OneTimeToken {
        token_hash: token::hash(&whole).to_vec(),
        realm_id: realm.id.clone(),
        user_id: user.id.clone(),
        purpose,
        email: user.email.clone().filter(|_| purpose == Purpose::Email),
        tries: 0,
        expires_at: core.clock.now_ms() + purpose.lifetime_ms(),
        spent_at: None,
    };
    store::insert(tx, &kept).await?;
    Ok(SecretString::from(whole))
}

/// Finds a token of this purpose and realm that is neither spent nor expired.
pub(crate) async fn find(
    core: &Core,
    q: impl Query,
    realm: &Realm,
    purpose: Purpose,
    whole: &SecretString,
) -> Result<Option<OneTimeToken>> {
    Ok(find_kept(core, q, realm, purpose, whole).await?.filter(|token| token.spent_at.is_none()))
}

/// Finds a token like [`find`], but also if it was spent and is kept.
pub(crate) async fn find_kept(
    core: &Core,
    q: impl Query,
    realm: &Realm,
    purpose: Purpose,
    whole: &SecretString,
) -> Result<Option<OneTimeToken>> {
    let hash = token::hash(whole.expose_secret());
    store::find(q, &realm.id, purpose, &hash, core.clock.now_ms()).await
}

/// Returns whether a valid token exists that verifies the user's present address: its mail is queued or sent.
pub(crate) async fn proves_address(core: &Core, q: impl Query, realm: &Realm, user: &User) -> Result<bool> {
    let tokens = store::of_user(q, &realm.id, &user.id, Purpose::Email, core.clock.now_ms()).await?;
    Ok(tokens.iter().any(|token| token.email == user.email))
}

/// Spends the token, and keeps it until it expires. Returns whether it was unspent.
pub(crate) async fn spend_and_keep(core: &Core, tx: &mut Tx, token: &OneTimeToken) -> Result<bool> {
    store::spend(tx, &token.realm_id, &token.token_hash, core.clock.now_ms()).await
}

/// Spends the token by deleting it. Returns whether it was unspent.
pub(crate) async fn spend(tx: &mut Tx, token: &OneTimeToken) -> Result<bool> {
    store::delete(tx, &token.realm_id, &token.token_hash).await
}

/// Counts a wrong code; the fifth spends the token.
pub(crate) async fn wrong_try(tx: &mut Tx, token: &OneTimeToken) -> Result<()> {
    store::count_try(tx, &token.realm_id, &token.token_hash).await?;
    store::delete_tried(tx, &token.realm_id, &token.token_hash, MOST_TRIES).await
}

/// Ends every token of the user for this purpose.
pub(crate) async fn end_all(tx: &mut Tx, realm: &Realm, user: &str, purpose: Purpose) -> Result<()> {
    store::delete_of_user(tx, &realm.id, user, purpose).await
}

/// Removes up to a batch of expired tokens. Returns whether there may be more.
pub async fn remove_expired(core: &Core) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let removed = store::delete_expired(&mut tx, core.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(removed == BATCH)
}
