//! Tracks which of the names that were sent no rule has read. They are ignored, and a caller who has misspelt one can be
//! told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// The paths of names that no rule has read, such as `user.frist_name`. Clones share one list.
#[derive(Debug, Clone, Default)]
pub struct UnreadNames(Arc<Mutex<BTreeSet<String>>>);

impl UnreadNames {
    /// Adds every name of a hash.
    pub fn add(&self, path: &str, map: &Map<String, Value>) {
        self.paths().extend(map.keys().map(|name| format!("{path}{name}")));
    }

    /// Removes a name, which a rule reads.
    pub fn read(&self, path: &str, name: &str) {
        self.paths().remove(&format!("{path}{name}"));
    }

    /// Returns the names that are left.
    pub fn list(&self) -> Vec<String> {
        self.paths().iter().cloned().collect()
    }

    fn paths(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
