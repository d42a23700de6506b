//! The names that were sent and that no rule has read. They are ignored; a caller who has misspelt one can be told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// The paths of names that nobody has asked for, such as `user.frist_name`. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct UnreadNames(Arc<Mutex<BTreeSet<String>>>);

impl UnreadNames {
    /// Notes every name of a hash as unread.
    pub fn add(&self, path: &str, map: &Map<String, Value>) {
        self.paths().extend(map.keys().map(|name| format!("{path}{name}")));
    }

    /// Takes a name off the list.
    pub fn read(&self, path: &str, name: &str) {
        self.paths().remove(&format!("{path}{name}"));
    }

    /// What was not read until now.
    pub fn list(&self) -> Vec<String> {
        self.paths().iter().cloned().collect()
    }

    fn paths(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
