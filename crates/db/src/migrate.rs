//! Numbered migrations, one set for both engines.
//!
//! Each runs once, in its own transaction, under a lock that keeps other nodes waiting; a killed run is repeated from
//! where it stopped. A statement behind a line `-- only: postgres` (or `sqlite`) is skipped on the other engine. On
//! PostgreSQL every `TEXT` column is declared `COLLATE "C"`, so that both engines compare text bytewise.

use std::fmt::Write as _;

use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::db::Inner;
use crate::error::Result;
use crate::{Db, Engine, Error, postgres, sqlite};

/// The advisory lock of migrations on PostgreSQL.
const LOCK: i64 = 0x6761_6e74_7279;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const APPLIED: &str = "SELECT checksum FROM schema_migrations WHERE number = $1";
const RECORD: &str = "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";

/// One migration file.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// From the file's name: `0001_realms.sql` is 1.
    pub number: i64,
    /// The file's name.
    pub name: &'static str,
    /// The file's text.
    pub sql: &'static str,
}

impl Db {
    /// Applies what has not been applied, in order, and returns the names of what was.
    ///
    /// # Errors
    /// [`Error::Configuration`] when an applied migration differs from the file of the same number.
    pub async fn migrate(&self, migrations: &'static [Migration], now_ms: i64) -> Result<Vec<&'static str>> {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.exclusive(move |db| on_sqlite(db, migrations, now_ms)).await,
            Inner::Postgres(postgres) => {
                let mut connection = postgres.connection().await?;
                let fail = |e| postgres::failure("migrate", e);
                connection.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(fail)?;
                let applied = on_postgres(&mut connection, migrations, now_ms).await;
                connection.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map_err(fail)?;
                applied
            }
        }
    }
}

fn on_sqlite(
    db: &mut rusqlite::Connection,
    migrations: &'static [Migration],
    now_ms: i64,
) -> Result<Vec<&'static str>> {
    let fail = |name: &'static str| move |e| sqlite::failure(name, e);
    let mut applied = Vec::new();
    db.execute_batch(TABLE).map_err(fail("migrate"))?;
    for migration in migrations {
        let fail = fail(migration.name);
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let known = tx
            .query_row(&APPLIED.replace('$', "?"), [migration.number], |row| row.get::<_, String>(0))
            .optional()
            .map_err(fail)?;
        if migration.is_applied(known.as_deref())? {
            continue;
        }
        for statement in migration.statements(Engine::Sqlite) {
            tx.execute_batch(&statement).map_err(fail)?;
        }
        let row = rusqlite::params![migration.number, migration.name, migration.checksum(), now_ms];
        tx.execute(&RECORD.replace('$', "?"), row).map_err(fail)?;
        tx.commit().map_err(fail)?;
        applied.push(migration.name);
    }
    Ok(applied)
}

async fn on_postgres(
    db: &mut deadpool_postgres::Object,
    migrations: &'static [Migration],
    now_ms: i64,
) -> Result<Vec<&'static str>> {
    let fail = |name: &'static str| move |e| postgres::failure(name, e);
    let mut applied = Vec::new();
    db.batch_execute(TABLE).await.map_err(fail("migrate"))?;
    for migration in migrations {
        let fail = fail(migration.name);
        let tx = db.transaction().await.map_err(fail)?;
        let known = tx.query_opt(APPLIED, &[&migration.number]).await.map_err(fail)?;
        if migration.is_applied(known.map(|row| row.get::<_, String>(0)).as_deref())? {
            continue;
        }
        for statement in migration.statements(Engine::Postgres) {
            tx.batch_execute(&statement).await.map_err(fail)?;
        }
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&migration.number, &migration.name, &migration.checksum(), &now_ms];
        tx.execute(RECORD, &row).await.map_err(fail)?;
        tx.commit().await.map_err(fail)?;
        applied.push(migration.name);
    }
    Ok(applied)
}

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.sql).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    pub(crate) fn is_applied(&self, known: Option<&str>) -> Result<bool> {
        match known {
            Some(known) if known != self.checksum() => Err(Error::Configuration(format!(
                "migration {} was applied with another text; this binary and this database do not belong together",
                self.name
            ))),
            known => Ok(known.is_some()),
        }
    }

    /// The statements for this engine, in order.
    fn statements(&self, engine: Engine) -> Vec<String> {
        let (mut statements, mut text, mut wanted) = (Vec::new(), String::new(), true);
        for line in self.sql.lines() {
            if let Some(only) = line.trim().strip_prefix("-- only: ") {
                wanted = (only.trim() == "postgres") == (engine == Engine::Postgres);
            }
            let code = line.split_once("--").map_or(line, |(code, _)| code).trim_end();
            text.push_str(code);
            text.push('\n');
            if code.ends_with(';') {
                let statement = std::mem::take(&mut text);
                if wanted {
                    statements.push(if engine == Engine::Postgres { bytewise(&statement) } else { statement });
                }
                wanted = true;
            }
        }
        statements
    }
}

/// Gives each `TEXT` column the collation that compares bytes.
fn bytewise(statement: &str) -> String {
    statement.replace(" TEXT", " TEXT COLLATE \"C\"")
}
