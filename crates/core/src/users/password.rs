//! Changes a user's password with the current one, or sets it with a one-time token.

use gantry_crypto::password::{Password, Verdict};
use gantry_db::Tx;
use secrecy::{ExposeSecret, SecretString};

use super::key::Key;
use super::locking;
use super::rules::{self, read};
use super::store::{self, Counts, Login, User};
use crate::actor::{Access, Actor};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::credentials::{self, PasswordPolicy, WantedPassword};
use crate::error::{Error, Result};
use crate::events::{self, Event, EventType, Subject};
use crate::failed_attempts::{self, FailureCount, Forgiven, LoginAttempt};
use crate::fields::{Fields, Sent};
use crate::one_time_tokens::{self, OneTimeToken, Purpose};
use crate::realms::Realm;
use crate::sessions::Bearer;
use crate::words::State;
use crate::{auth_providers, known_browsers, sessions};

/// Sessions of the user that survive a password change.
#[derive(Clone, Copy)]
enum Kept<'a> {
    None,
    One(&'a str),
    All,
}

impl Kept<'_> {
    /// Keeps all sessions if `keep_sessions` was sent as true.
    fn asked(sent: &mut Fields) -> Self {
        if matches!(sent.boolean("keep_sessions"), Sent::Value(true)) { Self::All } else { Self::None }
    }
}

/// Changes the password; requires the current one. Ends the user's sessions, unless `keep_sessions` is sent as true.
///
/// # Errors
/// [`Error::Limited`] after too many wrong passwords, which count together with failed logins.
pub async fn update_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: &Key,
    mut sent: Fields,
) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let kept = Kept::asked(&mut sent);
    change(core, realm, actor, (key, kept), sent).await
}

/// Changes the password of the user of a login token. Its session stays, all others end.
///
/// # Errors
/// Those of [`update_password`].
pub async fn change_own_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    bearer: &Bearer,
    sent: Fields,
) -> Result<()> {
    let kept = bearer.session.as_ref().map_or(Kept::None, |session| Kept::One(&session.id));
    change(core, realm, actor, (&Key::Id(bearer.user.id.clone()), kept), sent).await.map(|_| ())
}

async fn change(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (key, kept): (&Key, Kept<'_>),
    mut sent: Fields,
) -> Result<(User, Counts)> {
    let (user, login) = store::of_login(&core.db, &realm.id, key).await?.ok_or(Error::NotFound("user"))?;
    let policy = offered(core, realm).await?;
    let current = sent.required_secret("current_password");
    let wanted = credentials::wanted(&mut sent, &policy, &user, true);
    if let Some(current) = current
        && !is_current(core, realm, actor, (&user, &login), &current).await?
    {
        sent.error("current_password", "mismatch", MISMATCH);
    }
    sent.finish()?;
    set(core, realm, actor, (&user, wanted, kept), Proof::Password(&login)).await
}

/// Returns whether this is the user's password. Wrong passwords count as failed logins. Correct ones are limited too,
/// since each revokes what the account's owner may have requested to recover the account.
async fn is_current(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (user, login): (&User, &Login),
    current: &SecretString,
) -> Result<bool> {
    let browser = known_browsers::name(core, realm, (&user.id, login.known_browsers), &actor.origin);
    let count = FailureCount::passwords(realm, &user.id, browser.as_deref());
    let attempt = LoginAttempt::begin(core, actor, count, login.failures())?;
    let is_right = match Password::new(current.expose_secret()) {
        Ok(tried) => match core.passwords.verify(tried, login.password_hash.clone()).await {
            Ok(verdict) => matches!(verdict, Verdict::Match { .. }),
            Err(busy) => {
                attempt.give_back(core);
                return Err(busy.into());
            }
        },
        Err(_) => false,
    };
    let mut tx = core.db.begin().await?;
    failed_attempts::count_failure(core, &mut tx, realm, actor, &attempt.count).await?;
    tx.commit().await?;
    Ok(is_right)
}

/// Creates a token that can set the user's password for a day. Revokes earlier ones.
pub async fn generate_password_token(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: &Key,
) -> Result<(User, Counts, SecretString)> {
    actor.need(Access::Write)?;
    let (user, _) = read(core, &core.db, realm, key).await?;
    offered(core, realm).await?;
    let mut tx = core.db.begin().await?;
    let user = rules::lock(&mut tx, realm, &Key::Id(user.id)).await?.ok_or(Error::NotFound("user"))?;
    rules::must_be_human_and_active(&user)?;
    let (token, _) = issue(core, &mut tx, realm, actor, &user, None).await?;
    let (user, counts) = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok((user, counts, token))
}

/// Issues the token and records the event whose email sends it to the user.
pub(super) async fn issue(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    place: Option<&Place>,
) -> Result<(SecretString, Event)> {
    one_time_tokens::end_all(tx, realm, &user.id, Purpose::Password).await?;
    let token = one_time_tokens::issue(core, tx, realm, user, Purpose::Password).await?;
    let subject = Subject::user(&user.id).with_token(&token).begun_at(place);
    let event = events::record(core, tx, realm, actor, EventType::PasswordTokenCreated, subject).await?;
    Ok((token, event))
}

/// Returns the user whose password the token of a reset email sets; `None` for an unusable token. Does not consume it.
pub async fn reset_link(core: &Core, realm: &Realm, whole: &SecretString) -> Result<Option<User>> {
    let token = one_time_tokens::find(core, &core.db, realm, Purpose::Password, whole).await?;
    let Some(token) = token.filter(|_| realm.state == State::Active) else { return Ok(None) };
    match read(core, &core.db, realm, &Key::Id(token.user_id)).await {
        Ok((user, _)) => Ok(Some(user).filter(|user| user.state == State::Active)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sets the password with a one-time token. Without a key, the token alone identifies the user. Sessions end, unless
/// `keep_sessions` is sent as true.
pub async fn reset_password(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    key: Option<&Key>,
    mut sent: Fields,
) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let named = rules::named(core, realm, key).await?;
    let policy = offered(core, realm).await?;
    let Some(whole) = sent.required_token("token") else {
        sent.finish()?;
        return Err(Error::unusable_token());
    };
    let token = one_time_tokens::find(core, &core.db, realm, Purpose::Password, &whole).await?;
    let token = token.filter(|token| named.as_ref().is_none_or(|user| user.id == token.user_id));
    let Some(token) = token else { return refuse(core, realm, actor, named.as_ref()).await };
    let (user, _) = read(core, &core.db, realm, &Key::Id(token.user_id.clone())).await?;
    if user.state == State::Inactive || realm.state == State::Inactive {
        return refuse(core, realm, actor, Some(&user)).await;
    }
    let wanted = credentials::wanted(&mut sent, &policy, &user, true);
    let kept = Kept::asked(&mut sent);
    sent.finish()?;
    set(core, realm, actor, (&user, wanted, kept), Proof::Token(&token)).await
}

/// Records a refused token as an event if the intended user is known.
async fn refuse(core: &Core, realm: &Realm, actor: &Actor, user: Option<&User>) -> Result<(User, Counts)> {
    if let Some(user) = user {
        let mut tx = core.db.begin().await?;
        let subject = Subject::user(&user.id);
        events::record(core, &mut tx, realm, actor, EventType::PasswordTokenFailed, subject).await?;
        tx.commit().await?;
    }
    Err(Error::unusable_token())
}

/// Proof that allows setting a password.
enum Proof<'a> {
    /// Token from an email, which is consumed.
    Token(&'a OneTimeToken),
    /// User's previous password.
    Password(&'a Login),
}

const MISMATCH: &str = "Current password does not match";

/// Writes the new password and its consequences in one transaction, which also consumes the token, if any.
async fn set(
    core: &Core,
    realm: &Realm,
    actor: &Actor,
    (user, wanted, kept): (&User, Option<WantedPassword>, Kept<'_>),
    proof: Proof<'_>,
) -> Result<(User, Counts)> {
    let wanted = wanted.ok_or_else(|| Error::internal("a missing password was not refused"))?;
    let password = wanted.hash(core).await?;
    let mut tx = core.db.begin().await?;
    let (user, login) = rules::locked_login(&mut tx, realm, &user.id).await?.ok_or(Error::NotFound("user"))?;
    match proof {
        Proof::Token(token) if !one_time_tokens::spend(&mut tx, token).await? => return Err(Error::unusable_token()),
        // Hashing takes long: a concurrent change may have been faster.
        Proof::Password(before) if !login.still_takes(before) => {
            return Err(Error::invalid("current_password", "mismatch", MISMATCH));
        }
        _ => {}
    }
    let by_mail = matches!(proof, Proof::Token(_));
    if by_mail && !user.has_proven_address() {
        // The reset proves ownership of the address, so social identities linked before it was verified are removed.
        credentials::delete_social(&mut tx, realm, &user.id).await?;
    }
    credentials::replace_password(core, &mut tx, realm, &user, password).await?;
    match kept {
        Kept::None => sessions::end_all(&mut tx, realm, &user.id).await?,
        Kept::One(session) => sessions::end_others(&mut tx, realm, &user.id, session).await?,
        Kept::All => {}
    }
    let told = if by_mail { EventType::PasswordTokenConsumed } else { EventType::UserUpdated };
    events::record(core, &mut tx, realm, actor, told, Subject::user(&user.id)).await?;
    if by_mail {
        failed_attempts::forgive(&mut tx, realm, &user.id, Forgiven::Passwords).await?;
        locking::note_unlocked(core, &mut tx, realm, actor, &user).await?;
    }
    let changed = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Returns the password policy. Fails if passwords are off in the realm.
pub(super) async fn offered(core: &Core, realm: &Realm) -> Result<PasswordPolicy> {
    let policy = auth_providers::password_policy(&core.db, realm).await?;
    policy.ok_or_else(|| Error::invalid("base", "passwords_off", "Passwords are switched off in this realm"))
}
