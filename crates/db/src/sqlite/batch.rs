//! The write connection and the callers that wait for its next COMMIT.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection;
use super::readers::Readers;
use crate::Error;
use crate::error::Result;

/// The write connection, and the callers whose changes are in the open SQLite transaction and await its COMMIT.
pub(super) struct Batch {
    /// `None` once closed.
    pub(super) connection: Option<Connection>,
    pub(super) open: bool,
    /// Set by a failed COMMIT, and cleared only by a successful test write. A successful COMMIT proves nothing, since
    /// it may have had nothing to write.
    pub(super) is_failing: bool,
    pub(super) waiting: Vec<oneshot::Sender<Result<()>>>,
    pub(super) readers: Arc<Readers>,
}

impl Batch {
    pub(super) fn run(&self, sql: &'static str) -> Result<()> {
        connection::run(self.connection.as_ref().ok_or_else(closed)?, sql)
    }

    /// Fails if the database cannot be written. After a failed COMMIT, a test write decides.
    pub(super) fn accepts_writes(&mut self) -> Result<()> {
        if self.is_failing {
            self.commit();
        } else if self.open {
            return Ok(());
        }
        self.run("BEGIN IMMEDIATE")?;
        if !self.is_failing {
            return self.run("ROLLBACK");
        }
        let connection = self.connection.as_ref().ok_or_else(closed)?;
        let written = connection::rewrite_header(connection).and_then(|()| self.run("COMMIT"));
        self.is_failing = written.is_err();
        written.inspect_err(|_| drop(self.run("ROLLBACK")))
    }

    /// Commits the open transaction and sends the outcome to every waiting caller.
    pub(super) fn commit(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let result = self.run("COMMIT");
        self.is_failing |= result.is_err();
        if result.is_err() {
            let _ = self.run("ROLLBACK");
        }
        self.readers.committed();
        for waiting in self.waiting.drain(..) {
            let told = match &result {
                Ok(()) => Ok(()),
                Err(Error::Busy(why)) => Err(Error::Busy(why.clone())),
                Err(error) => Err(Error::lost(format!("COMMIT failed: {error}"))),
            };
            let _ = waiting.send(told); // a dropped receiver does not undo the commit
        }
    }
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::other("a database thread failed", e))
}

pub(super) fn closed() -> Error {
    Error::Busy("the database is closed".to_owned())
}
