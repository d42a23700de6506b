//! Checks, in builds with debug assertions, that a task holds at most one connection at a time.
//!
//! A task that requests a second connection while its transaction is open deadlocks once the pool is exhausted, or at
//! once on SQLite, which has one writer. Tests with connections to spare would not notice, so the second request panics
//! whether or not it would deadlock.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::task::Id;

static HOLDERS: LazyLock<Mutex<HashSet<Id>>> = LazyLock::new(Mutex::default);

/// Marks a task as the holder of its one connection, until the transaction ends. Does nothing in release builds.
pub(crate) struct Holder {
    task: Option<Id>,
}

impl Holder {
    /// Registers the current task. Code outside of any task is not checked.
    pub(crate) fn register() -> Self {
        let task = if cfg!(debug_assertions) { tokio::task::try_id() } else { None };
        if let Some(task) = task {
            holders().insert(task);
        }
        Self { task }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        if let Some(task) = self.task {
            holders().remove(&task);
        }
    }
}

/// Panics in builds with debug assertions if the current task has a transaction open.
#[track_caller]
pub(crate) fn assert_free() {
    if cfg!(debug_assertions) {
        let is_free = tokio::task::try_id().is_none_or(|task| !holders().contains(&task));
        assert!(is_free, "a task with an open transaction asks for a second connection; read through the transaction");
    }
}

fn holders() -> MutexGuard<'static, HashSet<Id>> {
    HOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}
