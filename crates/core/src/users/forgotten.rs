//! Password resets for unauthenticated visitors: the email goes to the account's owner, the response reveals nothing.
//!
//! Guarantees: whatever was requested, the caller sees an equal outcome and waits for as many statements; the emails
//! per inbox and hour are limited.

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

/// Maximum number of accounts with a shared address that one request reaches.
const MOST_ACCOUNTS: i64 = 5;

/// Cost of a reset email, in statements that find no user: revoking the old tokens and emails, reading the user's row,
/// and writing two rows, which together cost about as much as three such statements.
const STATEMENTS_OF_A_MAIL: usize = 6;

/// Emails a reset to the user with this username or email address. Does not reveal whether the user exists.
///
/// # Errors
/// [`Error::NotFound`] if passwords are off; [`Error::Limited`] after too many requests from the visitor's address.
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

/// Emails a reset to each of these users, or does as much work for an unknown user. The event of an unknown user names
/// no user, so that no email can depend on it.
pub(crate) async fn mail_reset(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    mut owners: Vec<User>,
    place: &Place,
) -> Result<()> {
    // A fixed lock order prevents deadlocks between two requests for the same accounts.
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

/// Existing users who prevent the creation of a new user.
pub(crate) enum Holders {
    /// No user.
    Nobody,
    /// Users who have its address as address or as username.
    OfAddress(Vec<User>),
}

/// Statements that creating a user takes beyond an email to the address's owner.
const STATEMENTS_OF_A_USER: usize = 3;

/// Returns the users whose address a new user would take, and reserves it until the transaction ends. Takes as long as
/// writing the new user.
///
/// # Errors
/// [`Error::Invalid`] for a taken username that is no address, which cannot be reported by email.
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

/// Runs this many statements that find no user: their cost hardly depends on the result.
pub(crate) async fn find_nobody(core: &Core, tx: &mut Tx, realm: &Realm, times: usize) -> Result<()> {
    let nobody = token::generate(None, &core.random);
    for _ in 0..times {
        store::lock(tx, &realm.id, &nobody).await?;
    }
    Ok(())
}
