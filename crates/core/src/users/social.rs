//! Users from a social provider: finds existing owners of the address, and chooses a username for a new user.

use gantry_crypto::token;
use gantry_db::Tx;

use super::rules::Signup;
use super::store::{self, User};
use super::{fields, names};
use crate::core::Core;
use crate::credentials::SocialAccount;
use crate::error::{Error, Result};
use crate::fields::Fields;
use crate::realms::{Realm, UsernameValidation};
use crate::words::Word;

/// Returns up to two users who have this address, as address or as username. Where addresses are unique, reserves it
/// until the transaction ends.
pub(crate) async fn owners(tx: &mut Tx, realm: &Realm, address: &str) -> Result<Vec<User>> {
    if realm.require_unique_emails {
        tx.hold(&format!("{} {address}", realm.id)).await?;
    }
    store::owners(tx, &realm.id, address).await
}

/// Returns a free username for a user who was not asked for one: the address, else the username at the provider, else a
/// random one.
pub(crate) async fn free_username(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    (email, nickname, account): (Option<&str>, Option<&str>, &SocialAccount),
) -> Result<String> {
    if let (Some(email), UsernameValidation::Email) = (email, realm.username_validation_human) {
        return Ok(email.to_owned());
    }
    // A username that looks like an address would take it from its owner.
    let nickname = nickname.and_then(|name| names::username(name).ok()).filter(|name| !name.contains('@'));
    for name in email.map(str::to_owned).into_iter().chain(nickname) {
        if !store::is_named(&mut *tx, &realm.id, &name).await? {
            return Ok(name);
        }
    }
    let random = token::generate(None, &core.random)[..16].to_lowercase();
    Ok(format!("{}-{random}", account.credential_type.as_str()))
}

/// Validates and prepares a person who logs in with this social account; `needs_email` requires an email address.
pub(crate) fn signed_up_at_provider(
    core: &Core,
    realm: &Realm,
    mut sent: Fields,
    (account, needs_email): (SocialAccount, bool),
) -> Result<Signup> {
    let now = core.clock.now_ms();
    let mut user = fields::fresh(core.new_id("usr", now), realm, now);
    fields::apply(&mut user, realm, &mut sent);
    let mut errors = sent.into_errors().err().unwrap_or_default();
    errors.retain(|error| needs_email || error.field != "email" || error.code != "blank");
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    Ok(Signup { user, password: None, account: Some(account), key: None })
}
