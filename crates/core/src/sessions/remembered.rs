//! Remembered sessions: a cookie on a LoginRocket host stands for a session. The cookie's value is random, only its
//! hash is stored, and it ends with the session.

use gantry_crypto::token;
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::store::{self, Session};
use crate::core::Core;
use crate::error::Result;
use crate::realms::Realm;
use crate::users::User;

/// Session that a cookie stands for.
#[derive(Debug)]
pub struct Remembered {
    /// Live session.
    pub session: Session,
    /// User of the session.
    pub user: User,
}

/// Creates a cookie value for the session, inside the transaction of the login.
pub async fn remember(core: &Core, tx: &mut Tx, session: &Session) -> Result<SecretString> {
    let value = token::generate(None, &core.random);
    store::remember(tx, &token::hash(&value), session, core.clock.now_ms()).await?;
    Ok(SecretString::from(value))
}

/// Returns the session of the cookie value in this realm, while it lives.
pub async fn remembered(core: &Core, realm: &Realm, value: &SecretString) -> Result<Option<Remembered>> {
    let hash = token::hash(value.expose_secret());
    let found = store::remembered(&core.db, &realm.id, &hash, core.clock.now_ms()).await?;
    Ok(found.map(|(session, user)| Remembered { session, user }))
}

/// Ends the session of the cookie, if it still lives.
pub async fn end_remembered(core: &Core, realm: &Realm, value: &SecretString) -> Result<()> {
    if let Some(remembered) = remembered(core, realm, value).await? {
        let mut tx = core.db.begin().await?;
        store::delete(&mut tx, &realm.id, &remembered.session.id).await?;
        tx.commit().await?;
    }
    Ok(())
}
