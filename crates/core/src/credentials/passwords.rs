//! Validates, sets and rehashes passwords.

use gantry_crypto::password::{Password, PasswordError};
use gantry_db::Tx;
use secrecy::ExposeSecret;

use super::store::{self, Credential};
use super::{CredentialType, PasswordPolicy, fields};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, FieldError, Result};
use crate::fields::{Fields, Sent};
use crate::known_browsers;
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::users::User;

/// A password that passed the realm's rules.
pub(crate) struct WantedPassword(Password);

/// The hash of a new password.
pub(crate) struct NewPassword(String);

impl WantedPassword {
    /// Hashes the password in the thread pool. Must run before a transaction, never inside one.
    pub(crate) async fn hash(self, core: &Core) -> Result<NewPassword> {
        Ok(NewPassword(core.passwords.hash(self.0).await?))
    }
}

/// Reads `password` and `password_confirmation`. Returns `None` if none was sent or a rule was broken; errors are
/// collected in `sent`.
pub(crate) fn wanted(
    sent: &mut Fields,
    policy: &PasswordPolicy,
    user: &User,
    required: bool,
) -> Option<WantedPassword> {
    let text = sent.secret("password");
    let confirmation = sent.secret("password_confirmation");
    let text = match text {
        Sent::Value(text) => text,
        Sent::Absent if !required => return None,
        Sent::Absent | Sent::Null => {
            sent.error("password", "blank", "Password can't be blank");
            return None;
        }
    };
    let text = text.expose_secret();
    if let Sent::Value(confirmation) = confirmation
        && confirmation.expose_secret() != text
    {
        sent.error("password_confirmation", "confirmation", "Password confirmation doesn't match Password");
    }
    let password = match Password::new(text) {
        Ok(password) => password,
        Err(PasswordError::Empty) => {
            sent.error("password", "blank", "Password can't be blank");
            return None;
        }
        Err(PasswordError::TooLong) => {
            sent.error("password", "too_long", "Password is too long (at most 256 characters)");
            return None;
        }
    };
    let inputs =
        [Some(user.username.as_str()), user.email.as_deref(), user.first_name.as_deref(), user.last_name.as_deref()];
    let inputs: Vec<&str> = inputs.into_iter().flatten().collect();
    if let Err(FieldError { code, text, .. }) = policy.check(password.expose(), &inputs) {
        sent.error("password", code, text);
        return None;
    }
    Some(WantedPassword(password))
}

/// Checks a password while the user types it. Returns zxcvbn's score, 0 to 4, or the rule that is broken. Runs in the
/// thread pool that hashes passwords, not on the threads that serve requests.
///
/// # Errors
/// [`Error::Limited`] after too many checks from one IP address, [`Error::Unavailable`] if the thread pool's queue is
/// full.
pub async fn typed(
    core: &Core,
    actor: &Actor,
    policy: PasswordPolicy,
    (password, names): (String, Vec<String>),
) -> Result<std::result::Result<u8, FieldError>> {
    core.tries.typed(core.clock.now_ms(), actor.origin.ip.as_deref())?;
    let look = move || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        policy.check(&password, &names)
    };
    Ok(core.passwords.beside(look).await?)
}

/// Inserts the first password of a user.
pub(crate) async fn insert_password(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    password: NewPassword,
) -> Result<Credential> {
    let mut credential = fields::fresh(core, realm, &user.id, CredentialType::Password);
    credential.password_hash = Some(password.0);
    store::insert(tx, &credential).await.map_err(taken)?;
    Ok(credential)
}

/// Sets a new password for a user, who may have none yet.
pub(crate) async fn replace_password(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    password: NewPassword,
) -> Result<()> {
    known_browsers::forget_all(tx, realm, &user.id).await?;
    // Pending resets, and pending logins that began with the old password, are invalidated.
    one_time_tokens::end_all(tx, realm, &user.id, Purpose::Password).await?;
    one_time_tokens::end_all(tx, realm, &user.id, Purpose::Login).await?;
    one_time_tokens::end_all(tx, realm, &user.id, Purpose::Resend).await?;
    if store::set_password(tx, &realm.id, &user.id, &password.0).await? {
        return Ok(());
    }
    insert_password(core, tx, realm, user, password).await.map(|_| ())
}

fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("credentials_user_id") {
        Error::invalid("credential_type", "taken", "Credential type password is there already: this user has one")
    } else {
        error.into()
    }
}

/// Hashes a verified password with the current parameters. If the pool is full, returns `None` rather than failing the
/// login; the next login tries again.
pub(crate) async fn rehash(core: &Core, password: Password) -> Option<NewPassword> {
    core.passwords.hash(password).await.ok().map(NewPassword)
}

impl NewPassword {
    /// Wraps an existing hash.
    pub(crate) fn from_hash(hash: String) -> Self {
        Self(hash)
    }

    /// Returns the hash for storage.
    pub(crate) fn into_hash(self) -> String {
        self.0
    }

    /// Replaces the user's hash if it is still `old`.
    pub(crate) async fn replace(&self, tx: &mut Tx, realm: &Realm, user: &str, old: &str) -> Result<(), Error> {
        store::rehash(tx, &realm.id, user, old, &self.0).await
    }
}
