//! Resets that a visitor asks for, who may be anybody: the mail goes to the account's owner, the answer tells nothing.
//!
//! Guarantees: whatever was asked for, the caller sees the same outcome and waits for as many statements; an inbox gets
//! so many mails an hour and no more.

use gantry_crypto::token;
use gantry_db::Tx;

use super::store::{self, User};
use super::{names, password, rules};
use crate::actor::{Access, Actor};
use crate::auth_providers;
use crate::connected_apps::Place;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::realms::Realm;
use crate::words::State;

/// Accounts of one shared address that one request reaches.
const MOST_ACCOUNTS: i64 = 5;

/// What a reset mail takes beyond one to nobody, in statements that find nobody: the old tokens' and mails' end, the
/// user's row, and two rows written, which together weigh about as much as three such statements.
const STATEMENTS_OF_A_MAIL: usize = 6;

/// Mails a reset to whoever is called so, by username or by email address. It tells nobody whether there was anyone.
///
/// # Errors
/// [`Error::NotFound`] where passwords are off; [`Error::Limited`] when the visitor's address asked too often.
pub async fn forgot_password(core: &Core, realm: &Realm, actor: &Actor, name: &str, place: &Place) -> Result<()> {
    actor.need(Access::Write)?;
    auth_providers::password_policy(&core.db, realm).await?.ok_or(Error::NotFound("password"))?;
    core.tries.mail_from(core.clock.now_ms(), actor.origin.ip.as_deref())?;
    let email = names::email(name).unwrap_or_default();
    let username = names::username(name).unwrap_or_else(|_| email.clone());
    let mut owners = store::mailable(&core.db, &realm.id, (&username, &email), MOST_ACCOUNTS).await?;
    if realm.state == State::Inactive {
        owners.clear();
    }
    let mut tx = core.db.begin().await?;
    mail_reset(core, &mut tx, realm, actor, owners, place).await?;
    tx.commit().await?;
    Ok(())
}

/// A reset mail for each of these users, or as much work for nobody. The event of that names nobody, so that no mail
/// can hang on it.
pub(crate) async fn mail_reset(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    mut owners: Vec<User>,
    place: &Place,
) -> Result<()> {
    // Two requests for the same accounts take their locks in the same order.
    owners.sort_by(|a, b| a.id.cmp(&b.id));
    owners.dedup_by(|a, b| a.id == b.id);
    let mut mailed = false;
    for owner in &owners {
        let Some(user) = store::lock(tx, &realm.id, &owner.id).await? else { continue };
        if let Some(inbox) = &user.email
            && rules::must_be_human_and_active(&user).is_ok()
            && core.tries.mail_to(core.clock.now_ms(), &realm.id, inbox).is_ok()
        {
            password::issue(core, tx, realm, actor, &user, Some(place)).await?;
            mailed = true;
        }
    }
    if !mailed {
        let missing = STATEMENTS_OF_A_MAIL + usize::from(owners.is_empty());
        find_nobody(core, tx, realm, missing).await?;
        events::record(core, tx, realm, actor, EventType::PasswordTokenFailed, Subject::default()).await?;
    }
    Ok(())
}

/// Who keeps a new user from being made.
pub(crate) enum Holders {
    /// Nobody.
    Nobody,
    /// Those who have its address, as address or as name.
    OfAddress(Vec<User>),
}

/// Statements of a new user that a mail to the address's holder has not.
const STATEMENTS_OF_A_USER: usize = 3;

/// Whose address a new user would take; from here until the transaction ends nobody else takes it. It costs what writing
/// the new user costs.
///
/// # Errors
/// [`Error::Invalid`] for a taken name that is no address: there is no other way to say it.
pub(crate) async fn holders(core: &Core, tx: &mut Tx, realm: &Realm, wanted: &User) -> Result<Holders> {
    rules::hold_addresses(tx, realm, wanted).await?;
    let (named, addressed) = store::taken(tx, wanted).await?;
    let is_address = wanted.username.contains('@');
    if named && !is_address {
        return Err(Error::invalid("username", "taken", "Username has already been taken"));
    }
    let crossed = realm.require_unique_emails && store::clashes(&mut *tx, wanted).await?;
    if !(named || addressed || crossed) {
        return Ok(Holders::Nobody);
    }
    let name = if is_address { &*wanted.username } else { "" };
    let email = wanted.email.as_deref().filter(|_| realm.require_unique_emails).unwrap_or_default();
    let mut holders = store::mailable(&mut *tx, &realm.id, (name, email), MOST_ACCOUNTS).await?;
    holders.extend(store::mailable(&mut *tx, &realm.id, (email, name), MOST_ACCOUNTS).await?);
    find_nobody(core, tx, realm, STATEMENTS_OF_A_USER).await?;
    Ok(Holders::OfAddress(holders))
}

/// So many statements that find nobody: what a database takes for one hardly depends on what it finds.
pub(crate) async fn find_nobody(core: &Core, tx: &mut Tx, realm: &Realm, times: usize) -> Result<()> {
    let nobody = token::generate(None, &core.random);
    for _ in 0..times {
        store::lock(tx, &realm.id, &nobody).await?;
    }
    Ok(())
}
