//! Upkeep: removes expired data, a small batch per transaction. Expired data is invisible until then.
//! `docs/retention.md` lists every job and its rule.

use std::sync::Arc;
use std::time::Duration;

use gantry_core::{
    Core, Error, Result, challenges, events, failed_attempts, form_submissions, jwt_keys, memberships, one_time_tokens,
    outbox, realms, sessions, signup_tokens, social_logins,
};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_mins(1);
/// Data with a retention per realm is checked once in this many rounds.
const ROUNDS_TO_REALMS: u32 = 60;

/// Runs until `stop` is cancelled; the current batch is finished.
pub async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut minute = tokio::time::interval(EVERY);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut round: u32 = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = minute.tick() => {}
        }
        expired(&core, &stop).await;
        if round.is_multiple_of(ROUNDS_TO_REALMS) {
            of_realms(&core, &stop).await;
        }
        round = round.wrapping_add(1);
    }
}

/// Removes data that carries its own expiry.
pub async fn expired(core: &Core, stop: &CancellationToken) {
    whole("memberships", stop, || memberships::remove_expired(core)).await;
    whole("sessions", stop, || sessions::remove_expired(core)).await;
    whole("form submissions", stop, || form_submissions::remove_expired(core)).await;
    whole("spent challenges", stop, || challenges::remove_expired(core)).await;
    whole("one-time tokens", stop, || one_time_tokens::remove_expired(core)).await;
    whole("failed attempts", stop, || failed_attempts::remove_expired(core)).await;
    whole("signup tokens", stop, || signup_tokens::remove_expired(core)).await;
    whole("social logins", stop, || social_logins::remove_expired(core)).await;
    whole("the outbox", stop, || outbox::remove_old(core)).await;
    whole("deleted realms", stop, || realms::forget_deleted(core)).await;
}

/// Removes data with a retention per realm.
pub async fn of_realms(core: &Core, stop: &CancellationToken) {
    let mut after = String::new();
    while !stop.is_cancelled() {
        let realms = match realms::every(core, &after).await {
            Ok(realms) => realms,
            Err(error) => return warn("realms", &error),
        };
        let Some(last) = realms.last() else { return };
        after.clone_from(&last.id);
        for realm in &realms {
            whole("events", stop, || events::remove_old(core, realm)).await;
            match jwt_keys::remove_spent(core, realm).await {
                Ok(()) => {}
                // Other realms would fail too; the next round starts over.
                Err(error @ Error::Unavailable { .. }) => return warn("JWT keys", &error),
                Err(error) => warn("JWT keys", &error),
            }
        }
    }
}

/// Runs batches until one reports that nothing is left.
async fn whole<Batch: Future<Output = Result<bool>>>(what: &str, stop: &CancellationToken, batch: impl Fn() -> Batch) {
    while !stop.is_cancelled() {
        match batch().await {
            // Tasks that are waiting run first.
            Ok(true) => tokio::task::yield_now().await,
            Ok(false) => return,
            Err(error) => return warn(what, &error),
        }
    }
}

fn warn(what: &str, error: &Error) {
    tracing::warn!(what, %error, "upkeep failed, and is tried again later");
}
