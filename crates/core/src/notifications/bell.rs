//! Wakes whoever delivers, at the moment when something was committed.
//!
//! Only a shortcut within this process: what another one commits, or a crash leaves behind, is found by looking at the
//! table now and then.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// What has to be looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// Hooks that have something to deliver.
    pub hooks: HashSet<String>,
    /// Hook and lane of rows that were written behind another one, which may be finished by now.
    pub lanes: HashSet<(String, String)>,
    /// Whatever is due by now.
    pub everything: bool,
}

/// Rung after a commit; heard by one.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<Rung>,
    heard: Notify,
}

impl Bell {
    pub(crate) fn ring(&self, hook: String, lane: Option<String>) {
        {
            let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(lane) = lane {
                rung.lanes.insert((hook.clone(), lane));
            }
            rung.hooks.insert(hook);
        }
        self.heard.notify_one();
    }

    /// Has everything looked at that is due by now, without waiting for the next time that it would be.
    pub fn ring_for_everything(&self) {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner).everything = true;
        self.heard.notify_one();
    }

    /// Returns once it was rung since [`Bell::take`].
    pub async fn heard(&self) {
        self.heard.notified().await;
    }

    /// What it was rung for; the bell forgets it.
    pub fn take(&self) -> Rung {
        mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
