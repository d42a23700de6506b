//! How every login ends that is refused: counted, and with an event.

use gantry_db::Tx;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, FailureReason, Subject};
use crate::failed_attempts::{self, FailureCount};
use crate::realms::{FailedLoginNames, Realm};
use crate::users::Key;

/// Characters of a name that an event tells.
const LONGEST_NAME: usize = 255;
/// Bytes of a name's hash.
const BYTES_OF_NAME: usize = 16;

/// A login that is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FailedLogin<'a> {
    reason: FailureReason,
    /// `usr_`; none where it is nobody's.
    user: Option<&'a str>,
    /// The name that was tried, if one was.
    name: Option<&'a str>,
    /// `ap_` of the social provider.
    auth_provider: Option<&'a str>,
    /// Where it counts, if it was a guess.
    count: Option<&'a FailureCount>,
}

impl<'a> FailedLogin<'a> {
    pub(crate) fn new(reason: FailureReason) -> Self {
        Self { reason, user: None, name: None, auth_provider: None, count: None }
    }

    /// Of this user, if it is one's.
    pub(crate) fn of(self, user: Option<&'a str>) -> Self {
        Self { user, ..self }
    }

    /// A guess that counts there.
    pub(crate) fn guessed(self, count: &'a FailureCount) -> Self {
        Self { user: count.user(), count: Some(count), ..self }
    }

    /// By this name.
    pub(crate) fn named(self, key: &'a Key) -> Self {
        let (Key::Id(name) | Key::Username(name)) = key;
        Self { name: Some(name.as_str()).filter(|name| !name.is_empty()), ..self }
    }

    /// At this social provider.
    pub(crate) fn at(self, auth_provider: &'a str) -> Self {
        Self { auth_provider: Some(auth_provider), ..self }
    }
}

/// Refuses a login. For an unknown user it costs the same and names nobody.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Limited`] where the quota of guesses was used up meanwhile.
pub(crate) async fn refuse<T>(core: &Core, realm: &Realm, actor: &Actor, failed: FailedLogin<'_>) -> Result<T> {
    let mut tx = core.db.begin().await?;
    record_failure(core, &mut tx, realm, actor, failed).await?;
    tx.commit().await?;
    Err(Error::Unauthenticated)
}

/// Counts a refused login and records its event.
///
/// # Errors
/// [`Error::Limited`] where the quota of guesses was used up meanwhile.
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

/// What an event tells of a name that was tried. Where it is nobody's it may be a password that was typed into the wrong
/// field: then only a keyed hash is told, unless the realm wants the name.
fn shown(core: &Core, realm: &Realm, user: Option<&str>, name: &str) -> String {
    if user.is_some() || realm.failed_login_names == FailedLoginNames::Shown {
        return name.chars().take(LONGEST_NAME).collect();
    }
    let mac = core.master.mac("name of a failed login", &format!("{}\n{name}", realm.id));
    format!("hmac:{}", gantry_crypto::hex::encode(&mac[..BYTES_OF_NAME]))
}
