//! Second factor of a login: a code of one of the user's devices, or a recovery code.

use gantry_db::Tx;

use super::door::Door;
use super::failure::{FailedLogin, record_failure, refuse};
use super::finish::{LoggedIn, finish};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::credentials::{self, CodeAttempt};
use crate::error::{Error, Result};
use crate::events::FailureReason;
use crate::fields::Fields;
use crate::one_time_tokens::{self, OneTimeToken, Purpose};
use crate::realms::Realm;
use crate::social_logins::{self, Waiting};
use crate::users::{self, Key};
use crate::words::State;
use crate::{recovery_codes, text};

/// Finishes a pending login. Without a key, the token alone identifies the user.
///
/// # Errors
/// [`Error::Unauthenticated`] for a wrong code, a token that is spent, expired or another user's, or a user who must
/// verify their address first; [`Error::Limited`] after too many codes.
pub async fn with_code(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: Option<&Key>,
    sent: Fields,
    door: Door,
) -> Result<LoggedIn> {
    with_code_and(core, realm, actor, key, sent, door, None).await
}

/// Finishes a pending login like [`with_code`], and links a pending social identity to the user.
pub(crate) async fn with_code_and(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: Option<&Key>,
    mut sent: Fields,
    door: Door,
    link: Option<&Waiting>,
) -> Result<LoggedIn> {
    actor.need(Access::Write)?;
    let token = sent.required_token("token");
    let digits = sent.line("code", 32).value().map(|typed| text::code(&typed)).unwrap_or_default();
    sent.required("code", !digits.is_empty());
    sent.finish()?;
    let named = users::named(core, realm, key).await?;
    let named = named.as_ref().map(|user| user.id.as_str());
    let token = token.ok_or_else(|| Error::internal("a missing token was not refused"))?;
    let token = one_time_tokens::find(core, &core.db, realm, Purpose::Login, &token).await?;
    let Some(token) = token.filter(|token| named.is_none_or(|user| user == token.user_id)) else {
        return refuse(core, realm, actor, FailedLogin::new(FailureReason::UnknownToken).of(named)).await;
    };
    let mut tx = core.db.begin().await?;
    // Locks the user first, like every change of credentials. Codes are checked one at a time, so that each sees the
    // failures before it.
    let (user, login) = users::locked_login(&mut tx, realm, &token.user_id).await?.ok_or(Error::Unauthenticated)?;
    let kept_out = match (user.state, realm.state) {
        (State::Inactive, _) => Some(FailureReason::InactiveUser),
        (_, State::Inactive) => Some(FailureReason::InactiveRealm),
        _ => door.keeps_out(&user).then_some(FailureReason::UnverifiedEmail),
    };
    if let Some(reason) = kept_out {
        drop(tx);
        return refuse(core, realm, actor, FailedLogin::new(reason).of(Some(&user.id))).await;
    }
    let attempt = CodeAttempt::begin(core, realm, actor, &user.id, &login)?;
    if !is_proof(core, &mut tx, realm, actor, (&user.id, &digits)).await? {
        return refuse_code(core, tx, realm, actor, WrongCode { token: &token, attempt, digits: &digits, door }).await;
    }
    if !one_time_tokens::spend(&mut tx, &token).await? {
        // The rollback also leaves the code unspent.
        drop(tx);
        return refuse(core, realm, actor, FailedLogin::new(FailureReason::UnknownToken).of(Some(&user.id))).await;
    }
    attempt.succeeded(core, &mut tx, login.failures()).await?;
    if let Some(link) = link {
        social_logins::attach(core, &mut tx, realm, actor, &user, link).await?;
    }
    finish(core, tx, realm, actor, &user, door.remembers()).await
}

/// Consumes a device code, or else a recovery code. Returns whether it was valid.
async fn is_proof(core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor, (user, typed): (&str, &str)) -> Result<bool> {
    Ok(credentials::spend_code(core, tx, realm, user, typed).await?
        || recovery_codes::spend(core, tx, realm, actor, user, typed).await?)
}

/// A wrong code and its context.
struct WrongCode<'a> {
    token: &'a OneTimeToken,
    attempt: CodeAttempt,
    digits: &'a str,
    door: Door,
}

/// Counts a wrong code on its token and for its user, and records an event, inside the transaction that checked it.
/// LoginRocket also reports if the device's clock is slow.
async fn refuse_code(core: &Core, mut tx: Tx, realm: &Realm, actor: &Actor, wrong: WrongCode<'_>) -> Result<LoggedIn> {
    let WrongCode { token, attempt, digits, door } = wrong;
    one_time_tokens::wrong_try(&mut tx, token).await?;
    let failed = FailedLogin::new(FailureReason::WrongCode).guessed(attempt.count());
    record_failure(core, &mut tx, realm, actor, failed).await?;
    tx.commit().await?;
    if !door.tells_unknown()
        && let Some(minutes) = credentials::behind(core, realm, &token.user_id, digits).await?
    {
        let old = credentials::minutes_in_words(minutes);
        let text = format!("Code is about {old} old: please try the next one, or set your device's clock");
        return Err(Error::invalid("code", "clock_behind", text));
    }
    Err(Error::Unauthenticated)
}
