//! The write connection, and what waits for its next COMMIT.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection;
use super::readers::Readers;
use crate::Error;
use crate::error::Result;

/// The write connection with what has been released into the open SQLite transaction and waits for its COMMIT.
pub(super) struct Batch {
    /// `None` once closed.
    pub(super) connection: Option<Connection>,
    pub(super) open: bool,
    /// A COMMIT failed, and nothing was written since to find out whether there is room again. A COMMIT that succeeds says
    /// nothing: it may have had nothing to write.
    pub(super) is_failing: bool,
    pub(super) waiting: Vec<oneshot::Sender<Result<()>>>,
    pub(super) readers: Arc<Readers>,
}

impl Batch {
    pub(super) fn run(&self, sql: &'static str) -> Result<()> {
        connection::run(self.connection.as_ref().ok_or_else(closed)?, sql)
    }

    /// Fails where nothing can be written. After a COMMIT that failed, something is written to find out.
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

    /// Ends the open transaction and tells everyone who waits for it.
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
            let _ = waiting.send(told); // a caller that went away does not undo its committed change
        }
    }
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::other("a database thread failed", e))
}

pub(super) fn closed() -> Error {
    Error::Busy("the database is closed".to_owned())
}
