//! Upkeep: what has run out is removed, each minute, a small batch per transaction. Until then nobody sees it anyway.

use std::sync::Arc;
use std::time::Duration;

use gantry_core::{Core, Result, memberships, one_time_tokens, sessions, signup_tokens};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_mins(1);

/// Goes on until it is told to stop; a batch in work is finished.
pub async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut minute = tokio::time::interval(EVERY);
    minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = minute.tick() => {}
        }
        whole("memberships", &stop, || memberships::remove_expired(&core)).await;
        whole("sessions", &stop, || sessions::remove_expired(&core)).await;
        whole("one-time tokens", &stop, || one_time_tokens::remove_expired(&core)).await;
        whole("signup tokens", &stop, || signup_tokens::remove_expired(&core)).await;
    }
}

/// Batch after batch, until one says that there is no more.
async fn whole<Batch: Future<Output = Result<bool>>>(what: &str, stop: &CancellationToken, batch: impl Fn() -> Batch) {
    while !stop.is_cancelled() {
        match batch().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(what, %error, "upkeep failed, and is tried again in a minute");
                return;
            }
        }
    }
}
