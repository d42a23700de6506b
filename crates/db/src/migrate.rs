//! Numbered migrations, one set for both engines.
//!
//! Each runs once, in its own transaction under a lock that makes other nodes wait. A killed run releases its lock and
//! is resumed from where it stopped. A statement after a line `-- only: postgres` (or `sqlite`) is skipped on the other
//! engine. On PostgreSQL every `TEXT` column is declared `COLLATE "C"`, so that both engines compare text bytewise.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::db::Inner;
use crate::error::Result;
use crate::postgres::{Postgres, PostgresTx};
use crate::{Db, Engine, Error, sqlite};

/// Key of the advisory lock for migrations on PostgreSQL.
const LOCK: i64 = 0x6761_6e74_7279;
const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock($1)";

/// Longest wait for another node's migrations.
const PATIENCE: Duration = Duration::from_mins(10);
/// Interval between attempts to take the lock.
const LOOK: Duration = Duration::from_millis(100);
/// Deadline of one migration statement, which may rewrite a large table.
const STATEMENT: Duration = Duration::from_hours(1);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
const ALL_APPLIED: &str = "SELECT number, checksum FROM schema_migrations";
const APPLIED: &str = "SELECT checksum FROM schema_migrations WHERE number = $1";
const RECORD: &str = "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";

/// One migration file.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Number from the file name: `0001_realms.sql` is 1.
    pub number: i64,
    /// File name.
    pub name: &'static str,
    /// SQL text of the file.
    pub sql: &'static str,
}

impl Db {
    /// Applies pending migrations in order and returns their names.
    ///
    /// # Errors
    /// [`Error::Configuration`] when an applied migration differs from the file of the same number.
    pub async fn migrate(&self, migrations: &'static [Migration], now_ms: i64) -> Result<Vec<&'static str>> {
        self.migrate_within(PATIENCE, migrations, now_ms).await
    }

    /// Like [`Db::migrate`], but waits at most `patience` for another node's migrations.
    ///
    /// # Errors
    /// [`Error::Busy`] when another node has not finished by then.
    pub async fn migrate_within(
        &self,
        patience: Duration,
        migrations: &'static [Migration],
        now_ms: i64,
    ) -> Result<Vec<&'static str>> {
        match &self.inner {
            Inner::Sqlite(sqlite) => sqlite.exclusive(move |db| on_sqlite(db, migrations, now_ms)).await,
            Inner::Postgres(postgres) => on_postgres(postgres, patience, migrations, now_ms).await,
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
    postgres: &Postgres,
    patience: Duration,
    migrations: &'static [Migration],
    now_ms: i64,
) -> Result<Vec<&'static str>> {
    let known = known_to_postgres(postgres, patience).await?;
    let mut applied = Vec::new();
    for migration in migrations {
        if migration.is_applied(known.get(&migration.number).map(String::as_str))? {
            continue;
        }
        let tx = locked(postgres, patience).await?;
        let (lease, client) = (tx.lease(), tx.lease().client()?);
        let known = lease.call(migration.name, STATEMENT, client.query_opt(APPLIED, &[&migration.number])).await?;
        if migration.is_applied(known.map(|row| row.get::<_, String>(0)).as_deref())? {
            continue; // applied by the node that held the lock
        }
        for statement in migration.statements(Engine::Postgres) {
            tx.batch(migration.name, &statement).await?;
        }
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&migration.number, &migration.name, &migration.checksum(), &now_ms];
        lease.call(migration.name, STATEMENT, client.execute(RECORD, &row)).await?;
        tx.commit().await?;
        applied.push(migration.name);
    }
    Ok(applied)
}

/// Returns the checksum of each applied migration, by its number.
async fn known_to_postgres(postgres: &Postgres, patience: Duration) -> Result<HashMap<i64, String>> {
    let tx = locked(postgres, patience).await?;
    tx.batch("migrate", TABLE).await?;
    let rows = tx.lease().call("migrate", STATEMENT, tx.lease().client()?.query(ALL_APPLIED, &[])).await?;
    tx.commit().await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Begins a transaction that holds the migration lock. Polls for the lock, since a transaction that waits on the server
/// would keep old rows alive.
async fn locked(postgres: &Postgres, patience: Duration) -> Result<PostgresTx> {
    let mut interval = tokio::time::interval(LOOK);
    let mut is_said = false;
    let lock = async {
        loop {
            interval.tick().await;
            let mut tx = postgres.begin().await?;
            tx.set_deadline(STATEMENT).await?;
            let call = tx.lease().client()?.query_one(TRY_LOCK, &[&LOCK]);
            if tx.lease().call("lock of migrations", STATEMENT, call).await?.get::<_, bool>(0) {
                return Ok(tx);
            }
            if !std::mem::replace(&mut is_said, true) {
                tracing::warn!("another node brings the database up to date; waiting for it");
            }
        }
    };
    let waited = || Error::Busy(format!("another node has held the lock of migrations for {} s", patience.as_secs()));
    tokio::time::timeout(patience, lock).await.unwrap_or_else(|_| Err(waited()))
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

    /// Returns the statements for this engine, in order.
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

/// Gives each `TEXT` column the bytewise collation `C`.
fn bytewise(statement: &str) -> String {
    statement.replace(" TEXT", " TEXT COLLATE \"C\"")
}
