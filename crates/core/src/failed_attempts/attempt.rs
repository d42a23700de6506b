//! An attempt to log in with a password, from before the hash to its end.

use gantry_db::Tx;

use super::count::{FailureCount, StoredFailures};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Result;
use crate::tries::{LoginSlots, RunningAttempt};

/// What an attempt holds while it is made.
pub(crate) struct LoginAttempt {
    /// Where it is counted if it fails.
    pub count: FailureCount,
    slots: LoginSlots,
    _running: RunningAttempt,
}

impl LoginAttempt {
    /// Begins an attempt: takes a slot of the address and the app, unless the browser is known, and one of those that are
    /// in work. `stored` is what was read of the user.
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
        // Another node, or a command, may have forgiven what this one remembers.
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

    /// Lets a right password in, inside the transaction of the login. The user has to be locked, and `stored` read since.
    ///
    /// # Errors
    /// [`Error::Limited`](crate::Error::Limited) where too many wrong ones were counted meanwhile: this one must not be
    /// told as right.
    pub(crate) async fn admit(&self, core: &Core, tx: &mut Tx, stored: StoredFailures<'_>) -> Result<()> {
        self.count.check(core, stored)?;
        self.count.clear(tx, stored).await
    }

    /// Gives back what the attempt holds: it was right, or did not take place.
    pub(crate) fn give_back(self, core: &Core) {
        core.tries.give_back(&self.slots);
    }
}
