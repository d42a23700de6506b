//! One SQLite connection: its setup, running statements, and classifying errors.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use crate::Error;
use crate::error::Result;
use crate::row::{Cells, Row};
use crate::statement::Sql;
use crate::value::{Cell, Value};

/// Prepared statements kept per connection; above the number of statements in the product.
const STATEMENTS: usize = 256;

/// Longest wait for a lock held by another connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the write connection. Creates a missing file with access for its owner only.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|e| Error::other(format!("cannot make the folder {}", folder.display()), e))?;
    }
    // SQLite would make the file world-readable. Its companion files inherit these permissions.
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => {
            return Err(Error::other(format!("cannot make the database file {}", path.display()), e));
        }
        _ => {}
    }
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // FULL: a commit is on disk before it is acknowledged and survives a power failure. Automatic checkpoints are off,
    // since `checkpoints.rs` runs them.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = 8388608;",
        )
        .map_err(|e| failure("cannot set up the database file", e))?;
    Ok(connection)
}

/// Opens a read-only connection.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch("PRAGMA query_only = ON").map_err(|e| failure("cannot open a reader", e))?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let cannot = |e| failure(&format!("cannot open the database file {}", path.display()), e);
    let connection = Connection::open_with_flags(path, flags).map_err(cannot)?;
    connection.busy_timeout(PATIENCE).map_err(cannot)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without QPSG, SQLite re-parses a statement whenever a bound range changes: 30 to 50 µs instead of 12.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(cannot)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).map_err(cannot)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false).map_err(cannot)?;
    // Maps as much of the file as SQLite allows, since reading an unmapped page costs a system call.
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -4000; PRAGMA mmap_size = 2147418112;",
        )
        .map_err(cannot)?;
    Ok(connection)
}

pub(super) fn rows<R: Row>(connection: &Connection, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
    let fail = |e| failure(sql.name, e);
    let mut statement = connection.prepare_cached(sql.sqlite).map_err(fail)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(fail)?;
    let mut read = Vec::new();
    while let Some(row) = rows.next().map_err(fail)? {
        read.push(R::read(&SqliteRow(row)).map_err(|column| Error::shape::<R>(sql.name, column))?);
    }
    Ok(read)
}

pub(super) fn execute(connection: &Connection, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
    let fail = |e| failure(sql.name, e);
    let mut statement = connection.prepare_cached(sql.sqlite).map_err(fail)?;
    let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(fail)?;
    Ok(changed as u64)
}

/// Runs a statement without parameters and rows that is run often, such as `BEGIN`.
pub(super) fn run(connection: &Connection, sql: &'static str) -> Result<()> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    done.map(|_| ()).map_err(|e| failure(sql, e))
}

/// Rewrites the database header unchanged, as a test write.
pub(super) fn rewrite_header(connection: &Connection) -> Result<()> {
    let fail = |e| failure("user_version", e);
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(fail)?;
    connection.pragma_update(None, "user_version", version).map_err(fail)
}

struct SqliteRow<'a>(&'a rusqlite::Row<'a>);

impl Cells for SqliteRow<'_> {
    fn cell(&self, index: usize) -> Cell<'_> {
        match self.0.get_ref(index) {
            Ok(ValueRef::Integer(value)) => Cell::Int(value),
            Ok(ValueRef::Real(value)) => Cell::Real(value),
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).map_or(Cell::Bytes(text), Cell::Text),
            Ok(ValueRef::Blob(bytes)) => Cell::Bytes(bytes),
            Ok(ValueRef::Null) | Err(_) => Cell::Null,
        }
    }
}

/// Converts a driver error to the error for callers.
pub(crate) fn failure(context: &str, error: rusqlite::Error) -> Error {
    if let rusqlite::Error::SqliteFailure(code, message) = &error {
        match (code.code, code.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                return Error::Unique(index_name(message.as_deref().unwrap_or_default()));
            }
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => return Error::Reference,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => return Error::Busy(context.to_owned()),
            // The disk is full, failing, read-only or missing.
            (
                ErrorCode::CannotOpen
                | ErrorCode::DiskFull
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure,
                _,
            ) => return Error::unavailable(context, error),
            _ => {}
        }
    }
    Error::other(context, error)
}

/// `UNIQUE constraint failed: users.realm_id, users.username` names the index `users_realm_id_username`.
fn index_name(message: &str) -> String {
    let columns = message.rsplit_once(": ").map_or(message, |(_, columns)| columns);
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SQLite's result codes (<https://sqlite.org/rescode.html>), including extended ones.
    #[test]
    fn the_result_code_decides() {
        let failure = |code| failure("test", rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        for code in [
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_CANTOPEN_ISDIR,
            ffi::SQLITE_FULL,
            ffi::SQLITE_IOERR,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_SHORT_READ,
            ffi::SQLITE_PROTOCOL,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_READONLY_DBMOVED,
        ] {
            assert!(matches!(failure(code), Error::Unavailable { .. }), "{code}");
        }
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_SNAPSHOT, ffi::SQLITE_LOCKED] {
            assert!(matches!(failure(code), Error::Busy(_)), "{code}");
        }
        for code in [ffi::SQLITE_ERROR, ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_CONSTRAINT_NOTNULL] {
            assert!(matches!(failure(code), Error::Other { .. }), "{code}");
        }
    }
}
