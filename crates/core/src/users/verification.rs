//! Proving that an email address is the user's.

use gantry_db::Tx;
use secrecy::SecretString;

use super::EmailVerification;
use super::rules::{self, Key, read};
use super::store::{self, Counts, User};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::Fields;
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;

/// Asks the user to prove their address: a token for it, valid for a week.
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
    let token = ask(core, &mut tx, realm, actor, &user).await?;
    let (user, counts) = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok((user, counts, token))
}

/// A token for the address that the user has now, and the event whose mail takes it there.
pub(super) async fn ask(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, user: &User) -> Result<SecretString> {
    let token = one_time_tokens::issue(core, tx, realm, user, Purpose::Email).await?;
    let subject = Subject::user(&user.id).with_token(&token);
    events::record(core, tx, realm, actor, EventType::VerificationRequested, subject).await?;
    Ok(token)
}

/// Takes such a token as proof. Without a key the token alone tells whose; one for an address that the user no longer
/// has proves nothing.
pub async fn verify_email(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: Option<&Key>,
    mut sent: Fields,
) -> Result<(User, Counts)> {
    const UNUSABLE: &str = "Token is unknown, expired or was used before";
    actor.need(Access::Write)?;
    let named = rules::named(core, realm, key).await?;
    let unusable = || Error::invalid("token", "unknown", UNUSABLE);
    let whole = sent.required_secret("token");
    sent.finish()?;
    let whole = whole.ok_or_else(unusable)?;

    let mut tx = core.db.begin().await?;
    let token = one_time_tokens::find(core, &mut tx, realm, Purpose::Email, &whole).await?;
    let token = token.filter(|token| named.as_ref().is_none_or(|user| user.id == token.user_id));
    let token = token.ok_or_else(unusable)?;
    let mut user = rules::lock(&mut tx, realm, &Key::Id(token.user_id.clone())).await?.ok_or_else(unusable)?;
    if user.email != token.email || !one_time_tokens::spend(&mut tx, &token).await? {
        return Err(unusable());
    }
    one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Email).await?;
    user.email_verification = EmailVerification::Verified;
    store::update(&mut tx, &user).await?;
    events::record(core, &mut tx, realm, actor, EventType::EmailVerified, Subject::user(&user.id)).await?;
    let verified = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(verified)
}
