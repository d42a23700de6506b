//! The SQLite read connections, and the database handle that combines them with the writer.
//!
//! Beginning and ending a read transaction costs as much as reading a row, mostly for file locks. A reader therefore
//! keeps its transaction for the next read until this process commits, and at most for [`LONGEST`]. Changes by another
//! process (a command beside a running server) may be seen that much later. A change by this process is seen by every
//! read that begins after it was acknowledged.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connection;
use super::writer::{SqliteTx, Writer};
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Longest time that a read transaction is kept for further reads.
const LONGEST: Duration = Duration::from_millis(10);

/// An open SQLite database.
#[derive(Clone)]
pub(crate) struct Sqlite {
    readers: Arc<Readers>,
    writer: Writer,
}

/// Idle read connections. A read takes one or opens another, so there are never more than threads that read.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Reader>>,
    keep: usize,
    /// Number of commits by this process.
    commits: AtomicU64,
}

struct Reader {
    connection: Connection,
    /// Snapshot of the open read transaction.
    kept: Option<Kept>,
}

/// Snapshot that a kept read transaction sees.
struct Kept {
    /// Lower bound on the commits by this process that it includes.
    commits: u64,
    since: Instant,
}

impl Sqlite {
    pub(crate) fn open(path: PathBuf, keep: usize) -> Result<Self> {
        let idle = Mutex::default();
        let readers = Arc::new(Readers { path, idle, keep: keep.max(1), commits: AtomicU64::new(0) });
        let writer = Writer::open(&readers.path, Arc::clone(&readers))?;
        Ok(Self { readers, writer })
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTx> {
        self.writer.begin().await
    }

    pub(crate) fn rows<R: Row>(&self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        self.readers.with(|reader| connection::rows(reader, sql, params))
    }

    /// Runs `work` with a read connection, inline.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.readers.with(work)
    }

    /// Runs `work` with the write connection while no transaction is open.
    pub(crate) async fn exclusive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.exclusive(work).await
    }

    pub(crate) async fn accepts_writes(&self) -> Result<()> {
        self.writer.accepts_writes().await
    }

    pub(crate) async fn close(&self) {
        self.readers.idle().clear();
        self.writer.close().await;
    }
}

impl Readers {
    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().pop();
        let mut reader = idle.map_or_else(|| Reader::open(&self.path), Ok)?;
        reader.keep_or_begin(self.commits.load(Ordering::Acquire))?;
        let result = work(&reader.connection);
        let mut idle = self.idle();
        if idle.len() < self.keep {
            // A commit during this read ended the transactions of idle readers, but not this one.
            if !reader.sees(self.commits.load(Ordering::Acquire)) {
                reader.end();
            }
            idle.push(reader);
        }
        result
    }

    /// Invalidates all kept transactions. Must be called after a commit and before its acknowledgement.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Release);
        self.idle().iter_mut().for_each(Reader::end);
    }

    /// Ends transactions that idle readers have kept too long, since they prevent the write-ahead log from restarting.
    pub(super) fn settle(&self) {
        self.idle().iter_mut().filter(|reader| reader.is_stale()).for_each(Reader::end);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self { connection: connection::reader(path)?, kept: None })
    }

    /// Returns whether the kept snapshot is current, given the number of commits so far.
    fn sees(&self, commits: u64) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.commits == commits)
    }

    fn is_stale(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.since.elapsed() > LONGEST)
    }

    /// Ensures an open read transaction that includes this many commits.
    fn keep_or_begin(&mut self, commits: u64) -> Result<()> {
        if self.sees(commits) && !self.is_stale() {
            return Ok(());
        }
        self.end();
        connection::run(&self.connection, "BEGIN")?;
        self.kept = Some(Kept { commits, since: Instant::now() });
        Ok(())
    }

    /// Ends the kept transaction, which a failed statement may have ended already.
    fn end(&mut self) {
        if self.kept.take().is_some() && !self.connection.is_autocommit() {
            let _ = connection::run(&self.connection, "COMMIT");
        }
    }
}
