//! Wakes the delivery worker after a commit.
//!
//! Only a shortcut within this process: the worker finds what another process commits, or a crash leaves unfinished, by
//! polling the table.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Work that the bell was rung for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// Hooks that have something to deliver.
    pub hooks: HashSet<String>,
    /// `(hook, lane)` of rows that were written behind another one, which may have finished by now.
    pub lanes: HashSet<(String, String)>,
    /// Whether to look at everything that is due.
    pub everything: bool,
}

/// Signal from commits to the delivery worker, its only listener.
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

    /// Makes the worker look at everything that is due, without waiting for its next poll.
    pub fn ring_for_everything(&self) {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner).everything = true;
        self.heard.notify_one();
    }

    /// Waits until the bell has been rung since the last [`Bell::take`].
    pub async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Takes the work that the bell was rung for, and resets it.
    pub fn take(&self) -> Rung {
        mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
