//! How every login ends that is refused: counted, and with an event.

use gantry_db::Tx;

use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Result};
use crate::events::{self, EventType, Subject};
use crate::failed_attempts::{self, FailureCount};
use crate::realms::Realm;

/// A login that is refused.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FailedLogin<'a> {
    /// `usr_`; none where it is nobody's.
    pub user: Option<&'a str>,
    /// Where it counts, if it was a guess.
    pub count: Option<&'a FailureCount>,
}

impl<'a> FailedLogin<'a> {
    /// Of this user, if it is one's.
    pub(crate) fn of(user: Option<&'a str>) -> Self {
        Self { user, count: None }
    }

    /// A guess that counts there.
    pub(crate) fn guessed(count: &'a FailureCount) -> Self {
        Self { user: count.user(), count: Some(count) }
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
pub(super) async fn record_failure(
    core: &Core,
    tx: &mut Tx,
    realm: &Realm,
    actor: &Actor,
    failed: FailedLogin<'_>,
) -> Result<()> {
    if let Some(count) = failed.count {
        failed_attempts::count_failure(core, tx, realm, count).await?;
    }
    if failed.user.is_none() && !core.tries.records_nobody(core.clock.now_ms(), &realm.id) {
        return Ok(());
    }
    let subject = Subject { user: failed.user, ..Subject::default() };
    events::record(core, tx, realm, actor, EventType::LoginFailed, subject).await?;
    Ok(())
}
