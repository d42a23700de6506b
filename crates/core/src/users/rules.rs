//! Operations on users.

use gantry_db::{Query, Tx};
use secrecy::SecretString;

use super::key::Key;
use super::store::{self, Counts, Login, User};
use super::{EmailVerification, UserType, fields, locking, verification};
use crate::actor::{Access, Actor};
use crate::connected_apps::Place;
use crate::core::Core;
use crate::credentials::{self, NewPassword, SocialAccount, WantedKey};
use crate::error::{Error, FieldError, Result};
use crate::events::{self, EventType, Subject};
use crate::failed_attempts::{self, Forgiven};
use crate::fields::{Fields, Sent};
use crate::one_time_tokens::{self, Purpose};
use crate::realms::Realm;
use crate::signup_tokens;
use crate::words::State;
use crate::{memberships, sessions};

/// Returns one user, by id or username.
pub async fn find(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<(User, Counts)> {
    actor.need(Access::Read)?;
    read(core, &core.db, realm, key).await
}

pub(crate) async fn read(core: &Core, q: impl Query, realm: &Realm, key: &Key) -> Result<(User, Counts)> {
    store::find(q, &realm.id, key, core.clock.now_ms()).await?.ok_or(Error::NotFound("user"))
}

/// Returns the user of this key, if one was sent; otherwise the token alone identifies the user.
pub(crate) async fn named(core: &Core, realm: &Realm, key: Option<&Key>) -> Result<Option<User>> {
    match key {
        Some(key) => Ok(Some(read(core, &core.db, realm, key).await?.0)),
        None => Ok(None),
    }
}

/// Returns the user and holds the row lock until the transaction ends.
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

/// Returns the user with login data and holds the row lock until the transaction ends.
pub(crate) async fn locked_login(tx: &mut Tx, realm: &Realm, id: &str) -> Result<Option<(User, Login)>> {
    match store::lock(tx, &realm.id, id).await? {
        // Read again: the locked row lacks what another transaction wrote to other tables meanwhile.
        Some(_) => store::of_login(tx, &realm.id, &Key::Id(id.to_owned())).await,
        None => Ok(None),
    }
}

/// New user.
pub struct Made {
    /// Created user.
    pub user: User,
    /// Counts of the user.
    pub counts: Counts,
    /// API key of a system. It cannot be read again later.
    pub api_key: Option<SecretString>,
}

/// Creates a person with a password, a system with an API key, or the person of a Signup Token.
pub async fn create(core: &Core, realm: &Realm, actor: &Actor, mut sent: Fields) -> Result<Made> {
    actor.need(Access::Write)?;
    let token = signup_tokens::named(core, realm, &mut sent).await?;
    let account = token.as_ref().map(|token| signup_tokens::account(core, token)).transpose()?.flatten();
    let password_hash = token.as_ref().and_then(|token| token.password_hash.clone());
    let signup =
        prepare(core, realm, sent, Held { of_token: token.is_some(), password_hash, account, ..Held::default() })
            .await?;
    let id = signup.user.id.clone();
    let mut tx = core.db.begin().await?;
    if let Some(token) = &token {
        signup_tokens::spend(&mut tx, token).await?;
    }
    let api_key = insert(core, &mut tx, realm, actor, signup, None).await?;
    let (user, counts) = read(core, &mut tx, realm, &Key::Id(id)).await?;
    tx.commit().await?;
    Ok(Made { user, counts, api_key })
}

/// Validates and prepares the user of a signup or of an installation.
pub(crate) async fn signed_up(core: &Core, realm: &Realm, mut sent: Fields) -> Result<Signup> {
    sent.set("user_type", "human");
    prepare(core, realm, sent, Held::default()).await
}

/// Data of a new user besides the sent fields.
#[derive(Default)]
pub(super) struct Held {
    /// Whether the user is created from a Signup Token.
    of_token: bool,
    /// Password hash of the Signup Token.
    password_hash: Option<String>,
    /// Account at a social provider, with which no password is required.
    account: Option<SocialAccount>,
    /// Whether a password is set later, with a one-time token.
    is_invited: bool,
}

impl Held {
    /// Returns the data of a user who sets a password with a one-time token.
    pub(super) fn invited() -> Self {
        Self { is_invited: true, ..Self::default() }
    }
}

/// User that is validated and hashed but not yet written.
pub(crate) struct Signup {
    pub user: User,
    /// Password of a person.
    pub password: Option<NewPassword>,
    /// Social account, if the user signed up at a provider.
    pub account: Option<SocialAccount>,
    /// API key of a system.
    pub(super) key: Option<WantedKey>,
}

impl Signup {
    /// Writes the user; `place` is where the signup began.
    pub(crate) async fn insert(
        self,
        core: &Core,
        tx: &mut Tx,
        realm: &Realm,
        actor: &Actor,
        place: Option<&Place>,
    ) -> Result<User> {
        let user = self.user.clone();
        insert(core, tx, realm, actor, self, place).await?;
        Ok(user)
    }
}

pub(super) async fn prepare(core: &Core, realm: &Realm, mut sent: Fields, held: Held) -> Result<Signup> {
    let now = core.clock.now_ms();
    let mut user = fields::fresh(core.new_id("usr", now), realm, now);
    fields::user_type(&mut user, &mut sent, &core.random);
    fields::apply(&mut user, realm, &mut sent);
    if user.user_type == UserType::Api {
        if held.of_token {
            sent.error("user_type", "invalid", "User type must be human for a signup token");
        }
        fields::none_of(&mut sent, "password", "Password is for users of the type human");
        let key = credentials::wanted_key(&mut sent, true);
        sent.finish()?;
        return Ok(Signup { user, password: None, account: None, key });
    }
    fields::none_of(&mut sent, "api_key", "Api key is for users of the type api");
    let policy = core.password_policy(realm).await?;
    let hash = held.password_hash;
    let required = hash.is_none() && held.account.is_none() && !held.is_invited;
    let wanted = credentials::wanted(&mut sent, &policy, &user, required);
    sent.finish()?;
    let password = match wanted {
        Some(wanted) => Some(wanted.hash(core).await?),
        None => hash.map(NewPassword::from_hash),
    };
    Ok(Signup { user, password, account: held.account, key: None })
}

/// Writes the user and the credentials. Returns the API key of a system, which cannot be read again later.
pub(super) async fn insert(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    signup: Signup,
    place: Option<&Place>,
) -> Result<Option<SecretString>> {
    let user = &signup.user;
    hold_addresses(tx, realm, user).await?;
    store::insert(tx, user).await.map_err(taken)?;
    distinct(tx, realm, user).await?;
    if let Some(password) = signup.password {
        credentials::insert_password(core, tx, realm, user, password).await?;
    }
    if let Some(account) = &signup.account {
        credentials::insert_social(core, tx, realm, &user.id, account).await?;
    }
    let key = match signup.key {
        Some(wanted) => Some(credentials::insert_key(core, tx, realm, &user.id, wanted).await?.1),
        None => None,
    };
    let subject = Subject::user(&user.id).begun_at(place);
    events::record(core, tx, realm, actor, EventType::UserCreated, subject).await?;
    if user.email_verification == EmailVerification::Requested {
        verification::ask(core, tx, realm, actor, user, place).await?;
    }
    Ok(key)
}

/// Refuses a user whose username or address is taken. A concurrent signup may still take it.
pub(crate) async fn free(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    let mut errors = Vec::new();
    clashes(tx, realm, user, &mut errors).await?;
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Collects errors for names and addresses that another user has.
pub(super) async fn clashes(tx: &mut Tx, realm: &Realm, user: &User, errors: &mut Vec<FieldError>) -> Result<()> {
    let (name, email) = store::taken(tx, user).await?;
    let crossed = !name && realm.require_unique_emails && store::clashes(&mut *tx, user).await?;
    if name || crossed {
        errors.push(FieldError::new("username", "taken", "Username has already been taken"));
    }
    if email {
        errors.push(FieldError::new("email", "taken", "Email has already been taken"));
    }
    Ok(())
}

/// Refuses tokens for systems and inactive users.
pub(super) fn must_be_human_and_active(user: &User) -> Result<()> {
    if user.user_type != UserType::Human {
        return Err(Error::invalid("base", "not_human", "User has no password, being of the type api"));
    }
    if user.state != State::Active {
        return Err(Error::invalid("base", "inactive", "User is inactive"));
    }
    Ok(())
}

/// Updates a user. Returns a system's new API key, if one was requested. The user's sessions end when the user is made
/// inactive, or when the password changes and `keep_sessions` was not sent as true.
pub async fn update(core: &Core, realm: &Realm, actor: &Actor, key: &Key, mut sent: Fields) -> Result<Made> {
    actor.need(Access::Write)?;
    let (current, _) = read(core, &core.db, realm, key).await?;
    let policy = core.password_policy(realm).await?;
    let (password, api_key) = if current.user_type == UserType::Human {
        fields::none_of(&mut sent, "api_key", "Api key is for users of the type api");
        (credentials::wanted(&mut sent, &policy, &current, false), None)
    } else {
        fields::none_of(&mut sent, "password", "Password is for users of the type human");
        (None, credentials::wanted_key(&mut sent, false))
    };
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
    let left = user.state == State::Inactive && before.state == State::Active;
    let has_new_password = password.is_some();
    if let Some(password) = password {
        credentials::replace_password(core, &mut tx, realm, &user, password).await?;
    }
    let api_key = match api_key {
        Some(wanted) => Some(credentials::replace_first_key(core, &mut tx, realm, &user, wanted).await?),
        None => None,
    };
    if logged_out || left {
        sessions::end_all(&mut tx, realm, &user.id).await?;
    }
    if left || user.email != before.email {
        // Tokens that were sent to the old address, or earlier, must not set a password.
        one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Password).await?;
        one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Login).await?;
        one_time_tokens::end_all(&mut tx, realm, &user.id, Purpose::Resend).await?;
    }
    tell_change(core, &mut tx, realm, actor, (&before, &user)).await?;
    if has_new_password {
        failed_attempts::forgive(&mut tx, realm, &user.id, Forgiven::Passwords).await?;
        locking::note_unlocked(core, &mut tx, realm, actor, &before).await?;
    }
    let (user, counts) = read(core, &mut tx, realm, &Key::Id(user.id)).await?;
    tx.commit().await?;
    Ok(Made { user, counts, api_key })
}

/// Records the events of a change.
async fn tell_change(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    (before, user): (&User, &User),
) -> Result<()> {
    let subject = Subject::user(&user.id);
    events::record(core, tx, realm, actor, EventType::UserUpdated, subject).await?;
    match user.email_verification {
        now if now == before.email_verification => {}
        EmailVerification::Requested => {
            verification::ask(core, tx, realm, actor, user, None).await?;
        }
        EmailVerification::Verified => {
            events::record(core, tx, realm, actor, EventType::EmailVerified, subject).await?;
        }
        EmailVerification::None => {}
    }
    Ok(())
}

/// Deletes a user with credentials, memberships and sessions.
pub async fn delete(core: &Core, realm: &Realm, actor: &Actor, key: &Key) -> Result<()> {
    actor.need(Access::Write)?;
    let (user, _) = read(core, &core.db, realm, key).await?;
    let mut tx = core.db.begin().await?;
    memberships::delete_of_user(core, &mut tx, realm, actor, &user.id).await?;
    // Recorded before the deletion, because an email about it needs the address.
    events::record(core, &mut tx, realm, actor, EventType::UserDeleted, Subject::user(&user.id)).await?;
    if !store::delete(&mut tx, &realm.id, &user.id).await? {
        return Err(Error::NotFound("user"));
    }
    tx.commit().await?;
    Ok(())
}

/// Reserves the user's username and email until the transaction ends. They share one namespace across two columns, so
/// the unique index of either column does not suffice.
pub(super) async fn hold_addresses(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
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

/// Refuses a username that is another user's email, where emails are unique: the owner of an address owns the name.
pub(super) async fn distinct(tx: &mut Tx, realm: &Realm, user: &User) -> Result<()> {
    if realm.require_unique_emails && store::clashes(&mut *tx, user).await? {
        return Err(Error::invalid("username", "taken", "Username has already been taken"));
    }
    Ok(())
}

/// Converts violations of the unique indexes for usernames and emails to validation errors.
pub(super) fn taken(error: gantry_db::Error) -> Error {
    if error.is_unique("users_realm_id_username") {
        Error::invalid("username", "taken", "Username has already been taken")
    } else if error.is_unique("users_realm_id_unique_email") {
        Error::invalid("email", "taken", "Email has already been taken")
    } else {
        error.into()
    }
}
