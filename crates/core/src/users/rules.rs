//! What may be done with users.

use gantry_crypto::id;
use gantry_db::{Query, Tx};

use super::names;
use super::store::{self, Counts, User};
use super::{EmailVerification, fields};
use crate::actor::{Access, Actor};
use crate::core::Core;
use crate::credentials::{self, NewPassword};
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::fields::{Fields, Sent};
use crate::memberships;
use crate::realms::Realm;
use crate::sessions;
use crate::words::State;

/// What a user is called in a path: its id, or its username in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `usr_…`
    Id(String),
    /// Folded as it is stored.
    Username(String),
}

impl Key {
    /// Reads a path's segment. What cannot be a username is nobody's.
    pub fn parse(text: &str) -> Self {
        if id::is("usr", text) {
            return Self::Id(text.to_owned());
        }
        Self::Username(names::username(text).or_else(|_| names::email(text)).unwrap_or_default())
    }
}

/// One user, by id or username.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<(User, Counts)> {
    actor.need(Access::Read)?;
    read(core, &core.db, realm, key).await
}

pub(crate) async fn read(core: &Core, q: impl Query, realm: &Realm, key: &Key) -> Result<(User, Counts)> {
    store::find(q, &realm.id, key, core.clock.now_ms()).await?.ok_or(Error::NotFound("user"))
}

/// The user, kept from changing until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, realm: &Realm, key: &Key) -> Result<Option<User>> {
    let id = match key {
        Key::Id(id) => id.clone(),
        Key::Username(_) => match store::find(&mut *tx, &realm.id, key, 0).await? {
            Some((user, _)) => user.id,
            None => return Ok(None),
        },
    };
    store::lock(tx, &realm.id, &id).await
}

/// Makes a user with a password.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, sent: Fields) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let (user, password) = prepare(core, realm, sent).await?;
    let mut tx = core.db.begin().await?;
    insert(core, &mut tx, realm, actor, &user, password).await?;
    let made = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(made)
}

/// Makes a user inside the transaction of a signup or of an installation.
pub(crate) async fn signed_up(core: &Core, realm: &Realm, sent: Fields) -> Result<Signup> {
    let (user, password) = prepare(core, realm, sent).await?;
    Ok(Signup { user, password })
}

/// A user that is checked, hashed and not yet written.
pub(crate) struct Signup {
    pub user: User,
    password: NewPassword,
}

impl Signup {
    pub(crate) async fn insert(self, core: &Core, tx: &mut Tx, realm: &Realm, actor: &Actor) -> Result<User> {
        insert(core, tx, realm, actor, &self.user, self.password).await?;
        Ok(self.user)
    }
}

async fn prepare(core: &Core, realm: &Realm, mut sent: Fields) -> Result<(User, NewPassword)> {
    let now = core.clock.now_ms();
    let mut user = fields::fresh(core.new_id("usr", now), realm, now);
    fields::user_type(&mut sent);
    fields::apply(&mut user, realm, &mut sent);
    let policy = core.password_policy(realm).await?;
    let password = credentials::wanted(&mut sent, &policy, &user, true);
    sent.finish()?;
    let password = password.ok_or_else(|| Error::internal("a missing password was not refused"))?;
    Ok((user, password.hash(core).await?))
}

async fn insert(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    user: &User,
    password: NewPassword,
) -> Result<()> {
    hold_addresses(tx, realm, user).await?;
    store::insert(tx, user).await.map_err(taken)?;
    distinct(tx, realm, user).await?;
    credentials::insert_password(core, tx, realm, user, password).await?;
    let subject = Subject::user(&user.id);
    events::record(core, tx, realm, actor, EventType::UserCreated, subject).await?;
    if user.email_verification == EmailVerification::Requested {
        events::record(core, tx, realm, actor, EventType::VerificationRequested, subject).await?;
    }
    Ok(())
}

/// Changes a user. A new password, unless `keep_sessions` is sent as true, or being made inactive ends the user's
/// sessions.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, key: &Key, mut sent: Fields) -> Result<(User, Counts)> {
    actor.need(Access::Write)?;
    let (current, _) = read(core, &core.db, realm, key).await?;
    let policy = core.password_policy(realm).await?;
    let password = credentials::wanted(&mut sent, &policy, &current, false);
    let keep_sessions = matches!(sent.boolean("keep_sessions"), Sent::Value(true));
    let password = match password {
        Some(password) if !sent.has_error("password") => Some(password.hash(core).await?),
        _ => None,
    };

    let mut tx = core.db.begin().await?;
    let before = store::lock(&mut tx, &realm.id, &current.id).await?.ok_or(Error::NotFound("user"))?;
    let mut user = before.clone();
    fields::apply(&mut user, realm, &mut sent);
    sent.finish()?;
    if user.username != before.username || user.email != before.email {
        hold_addresses(&mut tx, realm, &user).await?;
    }
    store::update(&mut tx, &user).await.map_err(taken)?;
    distinct(&mut tx, realm, &user).await?;
    let logged_out = password.is_some() && !keep_sessions;
    if let Some(password) = password {
        credentials::replace_password(core, &mut tx, realm, &user, password).await?;
    }
    if logged_out || (user.state == State::Inactive && before.state == State::Active) {
        sessions::end_all(&mut tx, realm, &user.id).await?;
    }
    let subject = Subject::user(&user.id);
    events::record(core, &mut tx, realm, actor, EventType::UserUpdated, subject).await?;
    if user.email_verification != before.email_verification {
        match user.email_verification {
            EmailVerification::Requested => {
                events::record(core, &mut tx, realm, actor, EventType::VerificationRequested, subject).await?;
            }
            EmailVerification::Verified => {
                events::record(core, &mut tx, realm, actor, EventType::EmailVerified, subject).await?;
            }
            EmailVerification::None => {}
        }
    }
    let changed = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Deletes a user with credentials, memberships and sessions.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<()> {
    actor.need(Access::Write)?;
    let (user, _) = read(core, &core.db, realm, key).await?;
    let mut tx = core.db.begin().await?;
    memberships::delete_of_user(core, &mut tx, realm, actor, &user.id).await?;
    if !store::delete(&mut tx, &realm.id, &user.id).await? {
        return Err(Error::NotFound("user"));
    }
    events::record(core, &mut tx, realm, actor, EventType::UserDeleted, Subject::user(&user.id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Nobody else takes what this user is called by, as a name or as an email, before the transaction has ended. Two
/// columns share these texts, so that the unique index of either is not enough.
async fn hold_addresses(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    if !realm.require_unique_emails {
        return Ok(());
    }
    let name = Some(user.username.as_str()).filter(|name| name.contains('@'));
    let mut addresses: Vec<&str> = name.into_iter().chain(user.email.as_deref()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    for address in addresses {
        tx.hold(&format!("{} {address}", realm.id)).await?;
    }
    Ok(())
}

/// Where an email belongs to one user, nobody else may be called by it: whoever answers to an address owns it.
async fn distinct(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    if realm.require_unique_emails && store::clashes(tx, user).await? {
        return Err(Error::invalid("username", "taken", "Username has already been taken"));
    }
    Ok(())
}

/// Two users cannot share a username, nor an email unless the realm allows it.
fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("users_realm_id_username") {
        Error::invalid("username", "taken", "Username has already been taken")
    } else if error.is_unique("users_realm_id_unique_email") {
        Error::invalid("email", "taken", "Email has already been taken")
    } else {
        error.into()
    }
}
