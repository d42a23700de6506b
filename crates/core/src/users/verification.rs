//! Verification of users' email addresses.

use gantry_db::Tx;
use secrecy::SecretString;

use super::EmailVerification;
use super::key::Key;
use super::rules::{self, read};
use super::store::{self, Counts, User};
use crate::actor::{Access, Actor};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::sessions::Bearer;
use crate::words::State;

/// Requests verification of the address. Returns a token that is valid for a week.
pub async fn request_email_verification(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: &Key,
) -> Result<(User, Counts, SecretString)> {
    actor.need(Access::Write)?;
    let mut tx = core.db.begin().await?;
    let mut user = rules::lock(&mut tx, realm, key).await?.ok_or(Error::NotFound("user"))?;
    if user.email.is_none() {
        return Err(Error::invalid("email", "blank", "Email can't be blank"));
    }
    user.email_verification = EmailVerification::Requested;
    store::update(&mut tx, &user).await?;
    let token = ask(core, &mut tx, realm, actor, &user, None).await?;
    let (user, counts) = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok((user, counts, token))
}

/// Issues a token for the user's current address and records the event whose email sends it; `place` is where it was
/// requested.
pub(super) async fn ask(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    place: Option<&Place>,
) -> Result<SecretString> {
    let token = one_time_tokens::issue(core, tx, realm, user, Purpose::Email).await?;
    let subject = Subject::user(&user.id).with_token(&token).begun_at(place);
    events::record(core, tx, realm, actor, EventType::VerificationRequested, subject).await?;
    Ok(token)
}

/// Resends the verification email to a user whose login requires a verified address, with the token from that login.
/// Returns `false` if the address is already verified.
///
/// # Errors
/// [`Error::Limited`] after too many emails; the token stays usable.
pub async fn resend_verification(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    mut sent: Fields,
    place: &Place,
) -> Result<bool> {
    actor.need(Access::Write)?;
    let whole = sent.required_token("token");
    sent.finish()?;
    let whole = whole.ok_or_else(Error::unusable_token)?;
    let mut tx = core.db.begin().await?;
    let token = one_time_tokens::find(core, &mut tx, realm, Purpose::Resend, &whole)
        .await?
        .ok_or_else(Error::unusable_token)?;
    let user = rules::lock(&mut tx, realm, &Key::Id(token.user_id.clone())).await?;
    let user = user.filter(|user| user.state == State::Active && realm.state == State::Active);
    let is_open = send(core, &mut tx, realm, actor, user.ok_or_else(Error::unusable_token)?, place).await?;
    if !one_time_tokens::spend(&mut tx, &token).await? {
        return Err(Error::unusable_token());
    }
    tx.commit().await?;
    Ok(is_open)
}

/// Resends the verification email to a user who is logged in with a login token. Returns `false` if the address is
/// already verified.
///
/// # Errors
/// [`Error::Limited`] after too many emails; [`Error::Invalid`] for a user without an address.
pub async fn request_own_verification(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    bearer: &Bearer,
    place: &Place,
) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let user = rules::lock(&mut tx, realm, &Key::Id(bearer.user.id.clone())).await?;
    let user = user.filter(|user| user.state == State::Active).ok_or_else(Error::unusable_token)?;
    let is_open = send(core, &mut tx, realm, actor, user, place).await?;
    tx.commit().await?;
    Ok(is_open)
}

/// Sends the verification email that the user requested. Returns `false` if the address is already verified.
async fn send(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, mut user: User, place: &Place) -> Result<bool> {
    let Some(email) = user.email.clone() else {
        return Err(Error::invalid("email", "blank", "Email can't be blank"));
    };
    if user.email_verification == EmailVerification::Verified {
        return Ok(false);
    }
    let now = core.clock.now_ms();
    core.tries.mail_from(now, actor.origin.ip.as_deref())?;
    core.tries.mail_to(now, &realm.id, &email)?;
    user.email_verification = EmailVerification::Requested;
    store::update(tx, &user).await?;
    ask(core, tx, realm, actor, &user, Some(place)).await?;
    Ok(true)
}

/// State of the link of a verification email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationLink {
    /// It verifies the address.
    Usable,
    /// It has verified the address that the user still has.
    AlreadyUsed,
    /// It is unknown, expired, or for another address.
    Unusable,
}

/// Returns the state of the link with this token. Does not consume the token.
pub async fn verification_link(core: &Core, realm: &Realm, whole: &SecretString) -> Result<VerificationLink> {
    let token = one_time_tokens::find_kept(core, &core.db, realm, Purpose::Email, whole).await?;
    let Some(token) = token else { return Ok(VerificationLink::Unusable) };
    let user = match read(core, &core.db, realm, &Key::Id(token.user_id)).await {
        Ok((user, _)) => user,
        Err(Error::NotFound(_)) => return Ok(VerificationLink::Unusable),
        Err(error) => return Err(error),
    };
    let is_verified = user.email_verification == EmailVerification::Verified;
    Ok(match token.spent_at {
        _ if user.email != token.email => VerificationLink::Unusable,
        None => VerificationLink::Usable,
        Some(_) if is_verified => VerificationLink::AlreadyUsed,
        Some(_) => VerificationLink::Unusable,
    })
}

/// Sends the verification email to a user whose login requires a verified address and who has no usable one: none was
/// requested before the realm required it, or the last one expired. Returns whether a usable email exists; `false` if
/// the address or the visitor is rate limited.
pub async fn send_missing_verification(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    user: &str,
    place: &Place,
) -> Result<bool> {
    let mut tx = core.db.begin().await?;
    let user = rules::lock(&mut tx, realm, &Key::Id(user.to_owned())).await?;
    let Some(user) = user.filter(|user| user.state == State::Active && user.email.is_some()) else { return Ok(false) };
    if one_time_tokens::proves_address(core, &mut tx, realm, &user).await? {
        return Ok(true);
    }
    match send(core, &mut tx, realm, actor, user, place).await {
        Ok(is_open) => {
            tx.commit().await?;
            Ok(is_open)
        }
        Err(Error::Limited { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Verifies the address with a token. Without a key, the token alone identifies the user. A token for an earlier
/// address verifies nothing.
pub async fn verify_email(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: Option<&Key>,
    mut sent: Fields,
) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let named = rules::named(core, realm, key).await?;
    let whole = sent.required_token("token");
    sent.finish()?;
    let whole = whole.ok_or_else(Error::unusable_token)?;

    let mut tx = core.db.begin().await?;
    let token = one_time_tokens::find(core, &mut tx, realm, Purpose::Email, &whole).await?;
    let token = token.filter(|token| named.as_ref().is_none_or(|user| user.id == token.user_id));
    let token = token.ok_or_else(Error::unusable_token)?;
    let mut user =
        rules::lock(&mut tx, realm, &Key::Id(token.user_id.clone())).await?.ok_or_else(Error::unusable_token)?;
    if user.email != token.email || !one_time_tokens::spend_and_keep(core, &mut tx, &token).await? {
        return Err(Error::unusable_token());
    }
    one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Email).await?;
    user.prove_address();
    store::update(&mut tx, &user).await?;
    events::record(core, &mut tx, realm, actor, EventType::EmailVerified, Subject::user(&user.id)).await?;
    let verified = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(verified)
}
