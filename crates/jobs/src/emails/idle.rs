//! Pool of idle SMTP connections: small, and short-lived.
//!
//! lettre's own pool is not used. Its connections have no time limit on a response, and when a caller's wait times out,
//! it takes the connection back in the middle of a dialogue: the next mail would read the responses to this one, or be
//! sent as part of its text. Here a connection is owned by the future that uses it, and is dropped with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::Instant;

/// Maximum number of idle connections.
const MOST: usize = 4;

/// Idle lifetime, well below the few minutes after which mail servers close idle connections.
const KEPT: Duration = Duration::from_secs(30);

/// Deadline for the server's response to `QUIT`.
const FAREWELL: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Idle(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// Longest idle first.
    connections: Vec<(Instant, AsyncSmtpConnection)>,
    /// Whether a task that closes expired connections is running.
    swept: bool,
}

impl Idle {
    /// Takes the most recently used connection, unless it has expired.
    pub(super) fn take(&self) -> Option<AsyncSmtpConnection> {
        let (since, connection) = self.waiting().connections.pop()?;
        (since.elapsed() < KEPT).then_some(connection)
    }

    /// Drops all idle connections: if one is dead, the others are too.
    pub(super) fn clear(&self) {
        self.waiting().connections.clear();
    }

    /// Returns a connection to the pool. Every command sent on it must have been answered.
    pub(super) fn keep(self: &Arc<Self>, connection: AsyncSmtpConnection) {
        let mut waiting = self.waiting();
        if waiting.connections.len() == MOST {
            waiting.connections.remove(0);
        }
        waiting.connections.push((Instant::now(), connection));
        if !std::mem::replace(&mut waiting.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    /// Expired idle connections, or `None` when the pool is empty.
    fn outworn(&self) -> Option<Vec<AsyncSmtpConnection>> {
        let mut waiting = self.waiting();
        waiting.swept = !waiting.connections.is_empty();
        let fresh = waiting.connections.iter().position(|(since, _)| since.elapsed() < KEPT);
        let end = fresh.unwrap_or(waiting.connections.len());
        let outworn = waiting.connections.drain(..end).map(|(_, connection)| connection).collect();
        waiting.swept.then_some(outworn)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sweep(idle: Weak<Idle>) {
    let mut round = tokio::time::interval_at(Instant::now() + KEPT, KEPT);
    loop {
        round.tick().await;
        let Some(outworn) = idle.upgrade().and_then(|idle| idle.outworn()) else { return };
        for connection in outworn {
            bid_farewell(connection).await;
        }
    }
}

/// Closes a connection with `QUIT`, and drops it if the server does not respond in time.
pub(super) async fn bid_farewell(mut connection: AsyncSmtpConnection) {
    // The outcome of `QUIT` does not matter.
    drop(tokio::time::timeout(FAREWELL, connection.quit()).await);
}
