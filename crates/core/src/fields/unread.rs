//! Tracks the names that were sent but that no rule has read. They are ignored, and can be reported to a caller who
//! misspelt one.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// Paths of names that no rule has read, such as `user.frist_name`. Clones share one list. The default tracks nothing,
/// since most requests send no names.
#[derive(Debug, Clone, Default)]
pub struct UnreadNames(Option<Arc<Mutex<BTreeSet<String>>>>);

impl UnreadNames {
    /// Creates an empty list that tracks names.
    pub fn tracking() -> Self {
        Self(Some(Arc::default()))
    }

    /// Adds all names of a hash.
    pub fn add(&self, path: &str, map: &Map<String, Value>) {
        if let Some(mut paths) = self.paths() {
            paths.extend(map.keys().map(|name| format!("{path}{name}")));
        }
    }

    /// Removes a name when a rule reads it.
    pub fn read(&self, path: &str, name: &str) {
        if let Some(mut paths) = self.paths() {
            paths.remove(&format!("{path}{name}"));
        }
    }

    /// Returns the names that no rule has read.
    pub fn list(&self) -> Vec<String> {
        self.paths().map(|paths| paths.iter().cloned().collect()).unwrap_or_default()
    }

    fn paths(&self) -> Option<MutexGuard<'_, BTreeSet<String>>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
