//! Keeps SQLite's write-ahead log short, so that a start after a crash reads little of it.
//!
//! A second connection copies most of a long log into the database file, concurrently with writes. It never catches up
//! with a writer that does not pause, so the log could grow without bound. The short rest is therefore copied between
//! two transactions, and the next transaction restarts the log. Reads are never blocked.

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

/// Log size in bytes above which it is copied back. If a long read of another process blocks the restart, the next
/// attempt follows after this many more bytes.
const LONG: u64 = 16 << 20;

/// Longest time that writes wait for reads that began before the copy was complete.
const PATIENCE: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub(super) struct Checkpoints {
    path: Arc<Path>,
    readers: Arc<Readers>,
    /// Held while a checkpoint runs.
    running: Arc<Mutex<()>>,
    /// Log size in bytes above which the next checkpoint starts.
    due: Arc<AtomicU64>,
}

impl Checkpoints {
    pub(super) fn new(path: &Path, readers: Arc<Readers>) -> Self {
        Self { path: path.into(), readers, running: Arc::default(), due: Arc::new(AtomicU64::new(LONG)) }
    }

    /// Ends stale transactions of idle readers, which keep the log from restarting while nothing is committed.
    pub(super) fn settle(&self) {
        self.readers.settle();
    }

    /// Starts a checkpoint if the log is long and none is running.
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

    /// Copies the rest and restarts the log. Must be called while no transaction is open.
    fn begin_anew(&self, writer: &Connection) -> Result<()> {
        copy(writer)?;
        self.readers.committed(); // reads that begin from now on do not need the log
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

    /// Waits for a running checkpoint and prevents further ones.
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

/// Copies the log into the database file, except for pages whose old version a reader still needs.
fn copy(connection: &Connection) -> Result<()> {
    connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").map_err(|e| failure("checkpoint", e))
}
