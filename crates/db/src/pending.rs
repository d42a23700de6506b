//! Lists pending migrations without changing the database, for commands that must leave an installation as it is.

#![expect(dead_code, reason = "rows bring a list of their columns, which texts of one place do not need")]

use crate::error::Result;
use crate::migrate::Migration;
use crate::statement::Sql;
use crate::{Db, Query as _, row};

row! {
    struct Tables { number: i64 }
}

row! {
    struct Applied { number: i64, checksum: String }
}

/// Counts the migrations table: 1 if it exists. Each engine has its own catalog of tables.
const TABLES: Sql<Tables> = Sql::constant(
    "TABLES",
    "SELECT count(*) AS number FROM pg_class WHERE oid = to_regclass('schema_migrations')",
    "SELECT count(*) AS number FROM sqlite_master WHERE name = 'schema_migrations'",
);
const APPLIED_TEXT: &str = "SELECT number, checksum FROM schema_migrations";
const APPLIED: Sql<Applied> = Sql::constant("APPLIED", APPLIED_TEXT, APPLIED_TEXT);

impl Db {
    /// Returns the names of the migrations that have not been applied, in order.
    ///
    /// # Errors
    /// [`Error::Configuration`](crate::Error::Configuration) when an applied migration differs from the file of the
    /// same number.
    pub async fn pending(&self, migrations: &'static [Migration]) -> Result<Vec<&'static str>> {
        let tables = self.row(&TABLES, &[]).await?;
        let applied =
            if tables.is_some_and(|tables| tables.number > 0) { self.rows(&APPLIED, &[]).await? } else { Vec::new() };
        let mut pending = Vec::new();
        for migration in migrations {
            let known = applied.iter().find(|applied| applied.number == migration.number);
            if !migration.is_applied(known.map(|known| known.checksum.as_str()))? {
                pending.push(migration.name);
            }
        }
        Ok(pending)
    }
}
