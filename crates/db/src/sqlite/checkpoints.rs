//! Keeps SQLite's write-ahead log short, so that a start after a crash reads little of it.
//!
//! Most of a long log is copied into the database file by a second connection, beside the writes. It never catches up
//! with a writer that does not pause, and the log could grow without end; so the rest, which is short by then, is copied
//! between two transactions, and the next one begins the log anew. Reads go on all the while.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Mutex;

use super::batch::{Batch, blocking};
use super::connection::{self, failure};
use super::readers::Readers;
use crate::error::Result;

/// A log above this many bytes is copied back; if a long read of another process keeps it, again after as many more.
const LONG: u64 = 16 << 20;

/// How long writes wait for reads that began before the copy was complete.
const PATIENCE: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub(super) struct Checkpoints {
    path: Arc<Path>,
    readers: Arc<Readers>,
    /// Held while one runs.
    running: Arc<Mutex<()>>,
    /// The log's length in bytes that calls for the next.
    due: Arc<AtomicU64>,
}

impl Checkpoints {
    pub(super) fn new(path: &Path, readers: Arc<Readers>) -> Self {
        Self { path: path.into(), readers, running: Arc::default(), due: Arc::new(AtomicU64::new(LONG)) }
    }

    /// Has idle readers let go of the log while nothing is committed.
    pub(super) fn settle(&self) {
        self.readers.settle();
    }

    /// Begins one if the log is long and none runs.
    pub(super) fn when_long(&self, batch: Weak<Mutex<Batch>>) {
        let Ok(running) = Arc::clone(&self.running).try_lock_owned() else { return };
        if self.log_bytes() <= self.due.load(Ordering::Relaxed) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            if let Err(error) = this.run(batch).await {
                tracing::warn!(%error, "the write-ahead log could not be copied back; it will be tried again");
            }
            drop(running);
        });
    }

    async fn run(&self, batch: Weak<Mutex<Batch>>) -> Result<()> {
        let path = Arc::clone(&self.path);
        blocking(move || copy(&connection::writer(&path)?)).await??;
        let Some(batch) = batch.upgrade() else { return Ok(()) };
        let (mut batch, this) = (batch.lock_owned().await, self.clone());
        blocking(move || {
            batch.commit();
            batch.connection.as_ref().map_or(Ok(()), |writer| this.begin_anew(writer))
        })
        .await?
    }

    /// While no transaction is open.
    fn begin_anew(&self, writer: &Connection) -> Result<()> {
        copy(writer)?;
        self.readers.committed(); // whoever reads from now on needs the log no more
        let patient = |time| writer.busy_timeout(time).map_err(|e| failure("busy_timeout", e));
        patient(PATIENCE)?;
        let kept_by_a_reader: rusqlite::Result<bool> =
            writer.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get(0));
        patient(connection::PATIENCE)?;
        let kept_by_a_reader = kept_by_a_reader.map_err(|e| failure("checkpoint", e))?;
        let due = if kept_by_a_reader { self.log_bytes() + LONG } else { LONG };
        self.due.store(due, Ordering::Relaxed);
        Ok(())
    }

    /// Waits for the one that runs; there is none afterwards.
    pub(super) async fn close(&self) {
        let _none_runs = self.running.lock().await;
        self.due.store(u64::MAX, Ordering::Relaxed);
    }

    fn log_bytes(&self) -> u64 {
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        std::fs::metadata(log).map_or(0, |file| file.len())
    }
}

/// Copies as much as no reader needs as it was.
fn copy(connection: &Connection) -> Result<()> {
    connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").map_err(|e| failure("checkpoint", e))
}
