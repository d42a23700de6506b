//! Authenticates login tokens of a realm, presented by the user or by an app in which the user is logged in.
//!
//! Guarantee: a token is accepted only with a signature by its realm's key and before its expiry. A token of a stored
//! session is accepted only while the session lives; any other only while its user and realm are active.

use gantry_crypto::id;
use gantry_crypto::jwt::Unverified;

use super::store::{self, Session};
use super::token::token_of;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::jwt_keys;
use crate::realms::Realm;
use crate::text;
use crate::users::{self, Key, User, UserType};
use crate::words::State;

/// Login that a token stands for.
#[derive(Debug)]
pub struct Bearer {
    /// User who is logged in.
    pub user: User,
    /// Stored session; `None` for unmanaged logins.
    pub session: Option<Session>,
    /// Expiry in epoch milliseconds; `None` if it never expires.
    pub expires_at: Option<i64>,
}

/// Authenticates a login token. Returns `None` if it is not valid.
pub async fn bearer(core: &Core, realm: &Realm, token: &str) -> Result<Option<Bearer>> {
    let now = core.clock.now_ms();
    let Some(read) = Unverified::read(text::trim(token)) else { return Ok(None) };
    let Some(kid) = read.kid().filter(|kid| id::is("jky", kid)) else { return Ok(None) };
    let Some(key) = jwt_keys::verifying(core, &core.db, realm, kid).await? else { return Ok(None) };
    let Ok(claims) = key.verify_read(&read, &realm.id, now) else { return Ok(None) };
    if id::is("kss", &claims.tk) {
        let live = store::of_realm(&core.db, &realm.id, &claims.tk, now).await?;
        let live = live.filter(|(session, _)| session.user_id == claims.uid);
        return Ok(live.map(|(session, user)| Bearer {
            user,
            expires_at: Some(session.expires_at),
            session: Some(session),
        }));
    }
    let user = match users::read(core, &core.db, realm, &Key::Id(claims.uid.clone())).await {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?.0,
    };
    // `iat` has whole seconds, so a login may have begun up to 999 ms later, after the realm ended all sessions.
    let begun_later = claims.iat.saturating_mul(1000).saturating_add(999) > realm.sessions_ended_at;
    let is_live =
        user.user_type == UserType::Human && user.state == State::Active && realm.state == State::Active && begun_later;
    let expires_at = claims.exp.map(|exp| exp.saturating_mul(1000));
    Ok(is_live.then_some(Bearer { user, session: None, expires_at }))
}

/// Returns a token of this login with current user data, or the presented token if the login is not stored.
pub async fn renewed(core: &Core, realm: &Realm, bearer: &Bearer, shown: &str) -> Result<String> {
    match &bearer.session {
        Some(session) => token_of(core, realm, session, &bearer.user).await,
        None => Ok(shown.to_owned()),
    }
}

/// Ends the session of the token. An unmanaged login cannot be ended; only its holder can discard the token.
pub async fn end_borne(core: &Core, realm: &Realm, token: &str) -> Result<()> {
    if let Some(Bearer { session: Some(session), .. }) = bearer(core, realm, token).await? {
        let mut tx = core.db.begin().await?;
        store::delete(&mut tx, &realm.id, &session.id).await?;
        tx.commit().await?;
    }
    Ok(())
}
