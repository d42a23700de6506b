//! End of every refused login: it is counted and recorded as an event.

use gantry_db::Tx;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, FailureReason, Subject};
use crate::failed_attempts::{self, FailureCount};
use crate::realms::{FailedLoginNames, Realm};
use crate::users::Key;

/// Maximum characters of a login name in an event.
const LONGEST_NAME: usize = 255;
/// Bytes of a login name's hash in an event.
const BYTES_OF_NAME: usize = 16;

/// A refused login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailedLogin<'a> {
    reason: FailureReason,
    /// `usr_`; none for an unknown user.
    user: Option<&'a str>,
    /// The login name, if one was sent.
    name: Option<&'a str>,
    /// Id of the social provider, `ap_`.
    auth_provider: Option<&'a str>,
    /// The count that it adds to, if it was a guess.
    count: Option<&'a FailureCount>,
}

impl<'a> FailedLogin<'a> {
    pub(crate) fn new(reason: FailureReason) -> Self {
        Self { reason, user: None, name: None, auth_provider: None, count: None }
    }

    /// Sets the user, if one is known.
    pub(crate) fn of(self, user: Option<&'a str>) -> Self {
        Self { user, ..self }
    }

    /// Marks it as a guess, which adds to this count.
    pub(crate) fn guessed(self, count: &'a FailureCount) -> Self {
        Self { user: count.user(), count: Some(count), ..self }
    }

    /// Sets the login name.
    pub(crate) fn named(self, key: &'a Key) -> Self {
        let (Key::Id(name) | Key::Username(name)) = key;
        Self { name: Some(name.as_str()).filter(|name| !name.is_empty()), ..self }
    }

    /// Sets the social provider.
    pub(crate) fn at(self, auth_provider: &'a str) -> Self {
        Self { auth_provider: Some(auth_provider), ..self }
    }
}

/// Refuses a login. An unknown user causes the same work, and an event without a user.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Limited`] if the quota of guesses was used up meanwhile.
pub(crate) async fn refuse<T>(core: &Core, realm: &Realm, actor: &Actor, failed: FailedLogin<'_>) -> Result<T> {
    let mut tx = core.db.begin().await?;
    record_failure(core, &mut tx, realm, actor, failed).await?;
    tx.commit().await?;
    Err(Error::Unauthenticated)
}

/// Counts a refused login and records its event.
///
/// # Errors
/// [`Error::Limited`] if the quota of guesses was used up meanwhile.
pub(crate) async fn record_failure(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    failed: FailedLogin<'_>,
) -> Result<()> {
    if let Some(count) = failed.count {
        failed_attempts::count_failure(core, tx, realm, actor, count).await?;
    }
    if failed.user.is_none() && !core.tries.records_nobody(core.clock.now_ms(), &realm.id) {
        return Ok(());
    }
    let name = failed.name.map(|name| shown(core, realm, failed.user, name));
    let subject = Subject {
        user: failed.user,
        auth_provider: failed.auth_provider,
        connected_app: actor.origin.app.as_deref(),
        reason: Some(failed.reason),
        login_name: name.as_deref(),
        ..Subject::default()
    };
    events::record(core, tx, realm, actor, EventType::LoginFailed, subject).await?;
    Ok(())
}

/// Returns a login name as an event shows it. An unknown name may be a password that was typed into the wrong field, so
/// the event holds only a keyed hash of it, unless the realm wants the name.
fn shown(core: &Core, realm: &Realm, user: Option<&str>, name: &str) -> String {
    if user.is_some() || realm.failed_login_names == FailedLoginNames::Shown {
        return name.chars().take(LONGEST_NAME).collect();
    }
    let mac = core.master.mac("name of a failed login", &format!("{}\n{name}", realm.id));
    format!("hmac:{}", gantry_crypto::hex::encode(&mac[..BYTES_OF_NAME]))
}
