//! Setting a new password on a hosted page, with the token of a mail.

use secrecy::SecretString;

use super::signup::require_confirmation;
use crate::actor::Actor;
use crate::auth_providers::{self, LoginRocket};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::{credentials, known_browsers, users};

/// Sets the password with the token, which alone tells whose. Every session of the user ends, and none begins: whoever
/// holds a mail has to log in like everybody else. What comes back is the value of the cookie by which the browser is
/// known from now on, since the new password made strangers of all that were; a user with a device has to log in for that.
///
/// # Errors
/// [`Error::Invalid`] with the field `token` if that is unknown, expired or spent; with others if the new password
/// breaks a rule, which leaves the token usable. [`Error::NotFound`] where passwords are off.
pub async fn reset_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    settings: &LoginRocket,
    mut sent: Fields,
) -> Result<Option<SecretString>> {
    if !offers_passwords(core, realm).await? {
        return Err(Error::NotFound("password"));
    }
    sent.remove("keep_sessions");
    let (user, _) = users::reset_password(core, realm, actor, None, new_password(settings, sent)).await?;
    if credentials::has_device(&core.db, realm, &user.id).await? {
        return Ok(None);
    }
    known_browsers::remember(core, &core.db, realm, &user.id, &actor.origin).await.map(Some)
}

/// A new password as LoginRocket asks for it.
pub fn new_password(settings: &LoginRocket, mut sent: Fields) -> Fields {
    require_confirmation(settings, &mut sent);
    sent
}

/// Whether the realm has passwords at all.
pub async fn offers_passwords(core: &Core, realm: &Realm) -> Result<bool> {
    Ok(auth_providers::password_policy(&core.db, realm).await?.is_some())
}
