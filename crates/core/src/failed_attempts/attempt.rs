//! A password attempt, from before the hashing to its end.

use gantry_db::Tx;

use super::count::{FailureCount, StoredFailures};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::tries::{LoginSlots, RunningAttempt};

/// Slots and counts that an attempt holds while it is in flight.
pub(crate) struct LoginAttempt {
    /// Count that a failure adds to.
    pub count: FailureCount,
    slots: LoginSlots,
    _running: RunningAttempt,
}

impl LoginAttempt {
    /// Begins an attempt: takes a slot of the address and the app, unless the browser is trusted, and one of the
    /// attempts in flight. `stored` holds the failures that were read with the user.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) with the time until the next attempt can pass.
    pub(crate) fn begin(core: &Core, actor: &Actor, count: FailureCount, stored: StoredFailures<'_>) -> Result<Self> {
        let (now, attempts) = (core.clock.now_ms(), &core.tries.attempts);
        let slots = if count.is_of_known_browser() {
            LoginSlots::default()
        } else {
            core.tries.login(now, actor.origin.ip.as_deref(), actor.origin.app.as_deref())?
        };
        // Another node, or a command, may have cleared failures that this node still remembers.
        let is_full = |empty_at| attempts.quota.refuses_until(empty_at, now).is_some();
        if count.user().is_some() && !stored.empty_at(&count).is_some_and(is_full) {
            attempts.admit(count.key());
        }
        match attempts.pass(count.key(), now).and_then(|()| attempts.begin(count.key())) {
            Ok(running) => Ok(Self { count, slots, _running: running }),
            Err(refused) => {
                core.tries.give_back(&slots);
                Err(refused)
            }
        }
    }

    /// Admits a correct password inside the transaction of the login. The transaction must have locked the user before
    /// `stored` was read.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) if too many wrong ones were counted meanwhile: the response must not
    /// reveal that this one is correct.
    pub(crate) async fn admit(&self, core: &Core, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        self.count.check(core, stored)?;
        self.count.clear(tx, stored).await
    }

    /// Returns the slots that the attempt holds: the password was correct, or was not checked.
    pub(crate) fn give_back(self, core: &Core) {
        core.tries.give_back(&self.slots);
    }
}
