//! Tracks which of the names that were sent no rule has read. They are ignored, and a caller who has misspelt one can be
//! told.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// The paths of names that no rule has read, such as `user.frist_name`. Clones share one list. The default tracks nothing:
/// most calls send no names.
#[derive(Debug, Clone, Default)]
pub struct UnreadNames(Option<Arc<Mutex<BTreeSet<String>>>>);

impl UnreadNames {
    /// An empty list.
    pub fn tracking() -> Self {
        Self(Some(Arc::default()))
    }

    /// Adds every name of a hash.
    pub fn add(&self, path: &str, map: &Map<String, Value>) {
        if let Some(mut paths) = self.paths() {
            paths.extend(map.keys().map(|name| format!("{path}{name}")));
        }
    }

    /// Removes a name, which a rule reads.
    pub fn read(&self, path: &str, name: &str) {
        if let Some(mut paths) = self.paths() {
            paths.remove(&format!("{path}{name}"));
        }
    }

    /// Returns the names that are left.
    pub fn list(&self) -> Vec<String> {
        self.paths().map(|paths| paths.iter().cloned().collect()).unwrap_or_default()
    }

    fn paths(&self) -> Option<MutexGuard<'_, BTreeSet<String>>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
