//! Users who come by a social provider: who has their address here already, and what a new one is called.

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

/// Up to two users who have this address, as address or as name. Where addresses are unique, nobody else takes it before
/// the transaction has ended.
pub(crate) async fn owners(tx: &mut Tx, realm: &Realm, address: &str) -> Result<Vec<User>> {
    if realm.require_unique_emails {
        tx.hold(&format!("{} {address}", realm.id)).await?;
    }
    store::owners(tx, &realm.id, address).await
}

/// A username for somebody who was not asked for one: their address, else what they are called at the provider, else
/// something new.
pub(crate) async fn free_username(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    (email, nickname, account): (Option<&str>, Option<&str>, &SocialAccount),
) -> Result<String> {
    if let (Some(email), UsernameValidation::Email) = (email, realm.username_validation_human) {
        return Ok(email.to_owned());
    }
    // One that looks like an address would take it from its owner.
    let nickname = nickname.and_then(|name| names::username(name).ok()).filter(|name| !name.contains('@'));
    for name in email.map(str::to_owned).into_iter().chain(nickname) {
        if !store::is_named(&mut *tx, &realm.id, &name).await? {
            return Ok(name);
        }
    }
    let random = token::generate(None, &core.random)[..16].to_lowercase();
    Ok(format!("{}-{random}", account.credential_type.as_str()))
}

/// A person whose way to log in is this account, checked and not yet written; also whether an address has to be there.
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
