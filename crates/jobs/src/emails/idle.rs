//! Connections that wait for the next mail: a few, and not for long.
//!
//! lettre's own pool is not used. Its connections have no time limit on an answer, and where a caller gives up waiting,
//! it takes the connection back in the middle of a dialogue: the next mail would read the answers to this one, or be
//! sent as part of its text. Here a connection lives in the future that uses it, and ends with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::Instant;

/// The most that wait.
const MOST: usize = 4;

/// Mail servers close connections that are idle for some minutes; ours are gone long before.
const KEPT: Duration = Duration::from_secs(30);

/// How long the server may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(5);

#[derive(Default)]
pub(super) struct Idle(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// The longest waiting first.
    connections: Vec<(Instant, AsyncSmtpConnection)>,
    /// Somebody comes round to end those that wait too long.
    swept: bool,
}

impl Idle {
    /// The one that was used last, if it does not wait too long.
    pub(super) fn take(&self) -> Option<AsyncSmtpConnection> {
        let (since, connection) = self.waiting().connections.pop()?;
        (since.elapsed() < KEPT).then_some(connection)
    }

    /// Ends all: where one was found dead, its siblings are.
    pub(super) fn clear(&self) {
        self.waiting().connections.clear();
    }

    /// Keeps a connection on which everything that was asked has been answered.
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

    /// Those that wait too long. `None` once there is nothing to come round for.
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

/// Ends a connection as one should; a server that does not answer is left.
pub(super) async fn bid_farewell(mut connection: AsyncSmtpConnection) {
    // Nothing depends on the answer.
    drop(tokio::time::timeout(FAREWELL, connection.quit()).await);
}
