//! The one writer of SQLite, with group commit.
//!
//! Transactions run one after another, each in a savepoint of one open SQLite transaction. The committer queues for the
//! same fair lock, so transactions that queued earlier join the batch; one COMMIT with one fsync then acknowledges all
//! of them. Only COMMIT leaves the async worker. A dropped transaction rolls back its own savepoint and does not affect
//! the others.

use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, oneshot};

use super::batch::{Batch, blocking, closed};
use super::checkpoints::Checkpoints;
use super::connection;
use super::readers::Readers;
use crate::Error;
use crate::error::Result;
use crate::row::Row;
use crate::statement::Sql;
use crate::value::Value;

/// Interval at which stale reads of idle readers are ended while nothing is committed.
const SETTLE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Writer {
    batch: Arc<Mutex<Batch>>,
    finished: Arc<Notify>,
    checkpoints: Checkpoints,
}

/// A transaction on SQLite: a savepoint, and the lock that makes it the only one.
pub(crate) struct SqliteTx {
    /// `None` once committed.
    batch: Option<OwnedMutexGuard<Batch>>,
    finished: Arc<Notify>,
}

impl Writer {
    pub(super) fn open(path: &Path, readers: Arc<Readers>) -> Result<Self> {
        let checkpoints = Checkpoints::new(path, Arc::clone(&readers));
        let batch = Batch {
            connection: Some(connection::writer(path)?),
            open: false,
            is_failing: false,
            waiting: Vec::new(),
            readers,
        };
        let writer = Self { batch: Arc::new(Mutex::new(batch)), finished: Arc::default(), checkpoints };
        let (batch, finished) = (Arc::downgrade(&writer.batch), Arc::clone(&writer.finished));
        tokio::spawn(commits(batch, finished, writer.checkpoints.clone()));
        Ok(writer)
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTx> {
        let mut batch = self.lock().await?;
        if !batch.open {
            batch.run("BEGIN IMMEDIATE")?;
            batch.open = true;
        }
        batch.run("SAVEPOINT one")?;
        Ok(SqliteTx { batch: Some(batch), finished: Arc::clone(&self.finished) })
    }

    /// Locks the write connection, in order of request.
    async fn lock(&self) -> Result<OwnedMutexGuard<Batch>> {
        let lock = tokio::time::timeout(connection::PATIENCE, Arc::clone(&self.batch).lock_owned()).await;
        lock.map_err(|_| Error::Busy(format!("no turn to write within {} s", connection::PATIENCE.as_secs())))
    }

    pub(crate) async fn accepts_writes(&self) -> Result<()> {
        let mut batch = self.lock().await?;
        blocking(move || batch.accepts_writes()).await?
    }

    pub(crate) async fn exclusive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut batch = Arc::clone(&self.batch).lock_owned().await;
        blocking(move || {
            batch.commit();
            let done = work(batch.connection.as_mut().ok_or_else(closed)?);
            batch.readers.committed();
            done
        })
        .await?
    }

    pub(crate) async fn close(&self) {
        self.checkpoints.close().await;
        let mut batch = Arc::clone(&self.batch).lock_owned().await;
        let _ = blocking(move || {
            batch.commit();
            batch.connection = None; // closing the last connection empties the log
        })
        .await;
        self.finished.notify_one();
    }
}

impl SqliteTx {
    fn batch(&self) -> Result<&Connection> {
        self.batch.as_ref().and_then(|batch| batch.connection.as_ref()).ok_or_else(closed)
    }

    pub(crate) fn rows<R: Row>(&mut self, sql: &Sql<R>, params: &[Value<'_>]) -> Result<Vec<R>> {
        connection::rows(self.batch()?, sql, params)
    }

    pub(crate) fn execute(&mut self, sql: &Sql<()>, params: &[Value<'_>]) -> Result<u64> {
        connection::execute(self.batch()?, sql, params)
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        let (done, acknowledged) = oneshot::channel();
        {
            let Some(batch) = self.batch.as_mut() else { return Err(closed()) };
            batch.run("RELEASE one")?;
            batch.waiting.push(done);
        }
        self.batch = None; // releases the lock to the next transaction
        self.finished.notify_one();
        acknowledged.await.unwrap_or_else(|_| Err(closed()))
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let Some(mut batch) = self.batch.take() else { return };
        if batch.waiting.is_empty() {
            let _ = batch.run("ROLLBACK");
            batch.open = false;
        } else {
            let _ = batch.run("ROLLBACK TO one").and_then(|()| batch.run("RELEASE one"));
        }
    }
}

/// Commits all released transactions, for as long as the database is open.
async fn commits(weak: Weak<Mutex<Batch>>, finished: Arc<Notify>, checkpoints: Checkpoints) {
    loop {
        while tokio::time::timeout(SETTLE, finished.notified()).await.is_err() && weak.strong_count() > 0 {
            checkpoints.settle();
        }
        let Some(batch) = weak.upgrade() else { return };
        let mut batch = batch.lock_owned().await;
        if batch.connection.is_none() {
            return;
        }
        if batch.waiting.is_empty() {
            continue;
        }
        let committed = blocking(move || batch.commit()).await;
        if let Err(error) = committed {
            tracing::error!(%error, "the commit thread failed");
        }
        checkpoints.when_long(Weak::clone(&weak));
    }
}
