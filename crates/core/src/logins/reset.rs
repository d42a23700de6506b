//! Setting a new password on a hosted page, with the token of a mail.

use super::signup::require_confirmation;
use crate::actor::Actor;
use crate::auth_providers::{self, LoginRocket};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::Realm;
use crate::users;

/// Sets the password with the token, which alone tells whose. Every session of the user ends, and none begins: whoever
/// holds a mail has to log in like everybody else.
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
) -> Result<()> {
    if !offers_passwords(core, realm).await? {
        return Err(Error::NotFound("password"));
    }
    sent.remove("keep_sessions");
    require_confirmation(settings, &mut sent);
    users::reset_password(core, realm, actor, None, sent).await.map(|_| ())
}

/// Whether the realm has passwords at all.
pub async fn offers_passwords(core: &Core, realm: &Realm) -> Result<bool> {
    Ok(auth_providers::password_policy(&core.db, realm).await?.is_some())
}
