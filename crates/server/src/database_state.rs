//! Migration state of a database, determined without changing it.

use std::fmt;

use gantry_core::{installation, migrations};
use gantry_db::Db;

/// Migration state of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// No migration has been applied.
    Empty,
    /// Number of migrations that are still to be applied.
    Behind(usize),
    /// All migrations of this version are applied.
    Current,
}

impl DatabaseState {
    /// Determines the state of the database.
    pub async fn of(db: &Db) -> anyhow::Result<Self> {
        let pending = db.pending(migrations::ALL).await?.len();
        if pending == migrations::ALL.len() {
            return Ok(Self::Empty);
        }
        if pending > 0 {
            return Ok(Self::Behind(pending));
        }
        Ok(if installation::is_made(db).await? { Self::Current } else { Self::Empty })
    }
}

impl fmt::Display for DatabaseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "there is no installation in this database yet; the first `gantry serve` or `gantry quickstart` makes it",
            ),
            Self::Behind(missing) => write!(
                f,
                "the database is {missing} migrations behind this version; `gantry migrate` or the next start of the \
                 server applies them"
            ),
            Self::Current => f.write_str("the database is up to date"),
        }
    }
}
