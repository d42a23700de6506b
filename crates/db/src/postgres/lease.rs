//! A connection taken from the pool, and the conditions for its return.
//!
//! Every call has a deadline. A connection returns to the pool only when no response is outstanding. If a call was
//! abandoned, the connection must first answer a cleanup statement; if it missed a deadline or was lost, it is closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Object};

use super::fault::{Reach, fault};
use super::trust::Trust;
use crate::Error;
use crate::error::Result;

/// Deadline of a statement including its preparation; also of `BEGIN`, `COMMIT`, `ROLLBACK` and getting a connection.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// No response is outstanding.
const IDLE: u8 = 0;
/// A call was sent, and its response has not been read.
const CALLING: u8 = 1;
/// The connection must not be used again.
const LOST: u8 = 2;

/// A connection held by one caller.
pub(crate) struct Lease {
    /// `None` only once the lease has ended.
    connection: Option<Object>,
    trust: Arc<Trust>,
    state: AtomicU8,
    /// Statement that resets the connection after an abandoned call, such as `ROLLBACK`.
    pub(super) cleanup: &'static str,
    /// Statements may take longer than [`DEADLINE`], so a missing response does not mean that the server is gone.
    pub(super) is_long: bool,
}

impl Lease {
    pub(super) fn new(connection: Object, trust: Arc<Trust>) -> Self {
        Self { connection: Some(connection), trust, state: AtomicU8::new(IDLE), cleanup: "", is_long: false }
    }

    /// Returns the client, for building calls.
    pub(crate) fn client(&self) -> Result<&ClientWrapper> {
        match &self.connection {
            Some(connection) if self.state() != LOST => Ok(connection),
            _ => Err(Error::lost("the connection to PostgreSQL was lost before")),
        }
    }

    /// Runs a call on this connection under a deadline.
    pub(crate) async fn call<T>(
        &self,
        context: &str,
        deadline: Duration,
        call: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        self.set(CALLING);
        match tokio::time::timeout(deadline, call).await {
            Ok(Ok(value)) => {
                self.set(IDLE);
                Ok(value)
            }
            Ok(Err(error)) => {
                let fault = fault(context, error);
                match fault.reach {
                    Reach::Statement => self.set(IDLE),
                    Reach::Connection => self.set(LOST),
                    Reach::Server => self.lose(),
                }
                Err(fault.error)
            }
            Err(_) => {
                self.lose();
                Err(Error::lost(format!("{context}: PostgreSQL did not answer within {} s", deadline.as_secs())))
            }
        }
    }

    /// Marks this connection, and all opened before now, as unusable.
    pub(super) fn lose(&self) {
        self.set(LOST);
        if let Some(connection) = &self.connection {
            self.trust.lose(connection);
        }
    }

    /// Runs the cleanup under the deadline. The connection returns to the pool only if the cleanup succeeds.
    async fn settle(mut self) {
        // If this future is dropped too, the connection is closed.
        self.set(LOST);
        let cleanup = std::mem::take(&mut self.cleanup);
        let Some(connection) = &self.connection else { return };
        match tokio::time::timeout(DEADLINE, connection.batch_execute(cleanup)).await {
            Ok(Ok(())) => self.set(IDLE),
            Err(_) if !self.is_long => self.lose(),
            _ => {}
        }
    }

    fn state(&self) -> u8 {
        self.state.load(Ordering::Relaxed)
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::Relaxed);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let state = self.state();
        if state == IDLE && self.cleanup.is_empty() {
            return; // back to the pool
        }
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if state != LOST => {
                let lease = Self {
                    connection: Some(connection),
                    trust: Arc::clone(&self.trust),
                    state: AtomicU8::new(LOST),
                    cleanup: self.cleanup,
                    is_long: self.is_long,
                };
                runtime.spawn(lease.settle());
            }
            _ => drop(Object::take(connection)), // closed: the server rolls back
        }
    }
}
