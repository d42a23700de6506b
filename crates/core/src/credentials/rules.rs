//! Setting passwords.

use gantry_crypto::password::{Password, PasswordError};
use gantry_db::Tx;
use secrecy::ExposeSecret;

use super::store::{self, Credential};
use super::{CredentialType, PasswordPolicy};
use crate::core::Core;
use crate::error::{Error, FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::realms::Realm;
use crate::users::User;
use crate::words::State;

/// A password that passed the realm's rules.
pub(crate) struct WantedPassword(Password);

/// The hash of a new password.
pub(crate) struct NewPassword(String);

impl WantedPassword {
    /// Hashes it in the pool: before a transaction, never inside one.
    pub(crate) async fn hash(self, core: &Core) -> Result<NewPassword> {
        Ok(NewPassword(core.passwords.hash(self.0).await?))
    }
}

/// Reads `password` and `password_confirmation`. `None` where none was sent, or a rule was broken, which `fields` then
/// holds.
pub(crate) fn wanted(
    fields: &mut Fields,
    policy: &PasswordPolicy,
    user: &User,
    required: bool,
) -> Option<WantedPassword> {
    let sent = fields.secret("password");
    let confirmation = fields.secret("password_confirmation");
    let Sent::Value(text) = sent else {
        if required || matches!(sent, Sent::Null) {
            fields.error("password", "blank", "Password can't be blank");
        }
        return None;
    };
    let text = text.expose_secret();
    if let Sent::Value(confirmation) = confirmation
        && confirmation.expose_secret() != text
    {
        fields.error("password_confirmation", "confirmation", "Password confirmation doesn't match Password");
    }
    let password = match Password::new(text) {
        Ok(password) => password,
        Err(PasswordError::Empty) => {
            fields.error("password", "blank", "Password can't be blank");
            return None;
        }
        Err(PasswordError::TooLong) => {
            fields.error("password", "too_long", "Password is too long (at most 256 characters)");
            return None;
        }
    };
    let inputs =
        [Some(user.username.as_str()), user.email.as_deref(), user.first_name.as_deref(), user.last_name.as_deref()];
    let inputs: Vec<&str> = inputs.into_iter().flatten().collect();
    if let Err(FieldError { code, text, .. }) = policy.check(text, &inputs) {
        fields.error("password", code, text);
        return None;
    }
    Some(WantedPassword(password))
}

/// The first password of a new user.
pub(crate) async fn insert_password(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    password: NewPassword,
) -> Result<()> {
    let now = core.clock.now_ms();
    let credential = Credential {
        id: core.new_id("crd", now),
        realm_id: realm.id.clone(),
        user_id: user.id.clone(),
        credential_type: CredentialType::Password,
        state: State::Active,
        name: None,
        password_hash: Some(password.0),
        api_key_hash: None,
        sealed: None,
        auth_provider_id: None,
        provider_user_id: None,
        token_expires_at: None,
        last_step: None,
        created_at: now,
    };
    store::insert(tx, &credential).await
}

/// Another password for a user who may have none.
pub(crate) async fn replace_password(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    password: NewPassword,
) -> Result<()> {
    if store::set_password(tx, &realm.id, &user.id, &password.0).await? {
        return Ok(());
    }
    insert_password(core, tx, realm, user, password).await
}

/// The same password under today's parameters. A full pool is no reason to refuse the login: the next one tries again.
pub(crate) async fn rehash(core: &Core, password: Password) -> Option<NewPassword> {
    core.passwords.hash(password).await.ok().map(NewPassword)
}

impl NewPassword {
    /// Replaces this very hash of the user.
    pub(crate) async fn replace(&self, tx: &mut Tx, realm: &Realm, user: &str, old: &str) -> Result<(), Error> {
        store::rehash(tx, &realm.id, user, old, &self.0).await
    }
}
