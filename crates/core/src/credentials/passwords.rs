//! Setting passwords.

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
    /// Hashes it in the pool: before a transaction, never inside one.
    pub(crate) async fn hash(self, core: &Core) -> Result<NewPassword> {
        Ok(NewPassword(core.passwords.hash(self.0).await?))
    }
}

/// Reads `password` and `password_confirmation`. `None` where none was sent, or a rule was broken, which `fields` then
/// holds.
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

/// What the rules say of a password while somebody types it: zxcvbn's score, 0 to 4, or the rule that is broken. Looked
/// at where passwords are hashed, behind the requests.
///
/// # Errors
/// [`Error::Limited`] after too many from one address, [`Error::Unavailable`] while too many passwords wait.
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

/// The first password of a new user.
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

/// Another password for a user who may have none.
pub(crate) async fn replace_password(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    user: &User,
    password: NewPassword,
) -> Result<()> {
    known_browsers::forget_all(tx, realm, &user.id).await?;
    // Whoever asked for a reset or began a login with the old one has to begin anew.
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

/// The same password under today's parameters. A full pool is no reason to refuse the login: the next one tries again.
pub(crate) async fn rehash(core: &Core, password: Password) -> Option<NewPassword> {
    core.passwords.hash(password).await.ok().map(NewPassword)
}

impl NewPassword {
    /// A hash that was made before.
    pub(crate) fn from_hash(hash: String) -> Self {
        Self(hash)
    }

    /// The hash, to be kept.
    pub(crate) fn into_hash(self) -> String {
        self.0
    }

    /// Replaces this very hash of the user.
    pub(crate) async fn replace(&self, tx: &mut Tx, realm: &Realm, user: &str, old: &str) -> Result<(), Error> {
        store::rehash(tx, &realm.id, user, old, &self.0).await
    }
}
