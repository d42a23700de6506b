//! Setting a new password on a hosted page, with the one-time token of a mail.

use secrecy::SecretString;

use super::signup::require_confirmation;
use crate::actor::Actor;
use crate::auth_providers::{self, LoginRocket};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::{credentials, known_browsers, users};

/// Sets the password of the user that the token identifies. All sessions of the user end and none begins: the holder of
/// a mail must log in like any user. Returns a new trusted-browser cookie, since the new password invalidates all
/// earlier ones; a user with a second factor gets one only by logging in.
///
/// # Errors
/// [`Error::Invalid`] with the field `token` if that is unknown, expired or spent; with other fields if the new
/// password breaks a rule, which leaves the token usable. [`Error::NotFound`] if passwords are off.
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

/// Checks the form of a new password: LoginRocket may require a confirmation.
pub fn new_password(settings: &LoginRocket, mut sent: Fields) -> Fields {
    require_confirmation(settings, &mut sent);
    sent
}

/// Returns whether the realm offers passwords.
pub async fn offers_passwords(core: &Core, realm: &Realm) -> Result<bool> {
    Ok(auth_providers::password_policy(&core.db, realm).await?.is_some())
}
