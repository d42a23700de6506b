//! Login of a system by its API key.

use secrecy::SecretString;

use super::failure::{FailedLogin, refuse};
use super::finish::{LoggedIn, finish};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::credentials;
use crate::error::Result;
use crate::events::FailureReason;
use crate::realms::Realm;
use crate::users::UserType;
use crate::words::State;

/// Logs a system in. Its login token is never stored, and lasts as long as the realm's setting for API keys.
///
/// # Errors
/// [`Error::Unauthenticated`](crate::Error::Unauthenticated) for a wrong key, an inactive user or realm.
pub async fn with_key(core: &Core, realm: &Realm, actor: &Actor, key: &SecretString) -> Result<LoggedIn> {
    actor.need(Access::Write)?;
    let holder = credentials::holder_of(&core.db, realm, key).await?;
    let id = holder.as_ref().map(|user| user.id.clone());
    let is_active = |state| state == State::Active && realm.state == State::Active;
    if let Some(user) = holder.filter(|user| user.user_type == UserType::Api && is_active(user.state)) {
        return finish(core, core.db.begin().await?, realm, actor, &user, false).await;
    }
    let reason = match (&id, realm.state) {
        (None, _) => FailureReason::WrongKey,
        (Some(_), State::Inactive) => FailureReason::InactiveRealm,
        (Some(_), State::Active) => FailureReason::InactiveUser,
    };
    refuse(core, realm, actor, FailedLogin::new(reason).of(id.as_deref())).await
}
