//! Process lifecycle: runs until a signal, then shuts down in order.
//!
//! Guarantees: the first SIGTERM or SIGINT starts a graceful shutdown; the second ends the process immediately;
//! background tasks are tracked and awaited.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Exit code that shells report for a process ended by Ctrl-C.
const ENDED_BY_SIGNAL: i32 = 130;

/// Lifecycle of the process. Cheap to clone; all clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Creates a lifecycle that ends on SIGTERM or SIGINT. Must be called inside the Tokio runtime.
    pub fn begin() -> io::Result<Self> {
        let life = Self::default();
        let signals = Signals::listen()?;
        tokio::spawn(signals.obey(life.stop.clone(), || std::process::exit(ENDED_BY_SIGNAL)));
        Ok(life)
    }

    /// Returns the token that is cancelled at shutdown. A part of the program can cancel it to stop the whole process.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs `work` in the background. It must watch [`Lifecycle::stop`] and end soon after.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Cancels [`Lifecycle::stop`] and waits for background tasks. Returns `false` if some have not ended `within` this
    /// time.
    pub async fn finish(&self, within: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(within, self.tasks.wait()).await.is_ok()
    }
}

/// The two signals that request a shutdown.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    async fn obey(mut self, stop: CancellationToken, end_at_once: impl FnOnce()) {
        self.next().await;
        tracing::info!("stopping once open requests are done; a second signal ends at once");
        stop.cancel();
        self.next().await;
        tracing::warn!("ended by a second signal");
        end_at_once();
    }
}

#[cfg(test)]
mod tests {
    use rustix::process::{Signal as Kind, getpid, kill_process};
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn the_first_signal_stops_and_the_second_ends() {
        let signals = Signals::listen().expect("handlers");
        let stop = CancellationToken::new();
        let (end, mut ended) = oneshot::channel();
        tokio::spawn(signals.obey(stop.clone(), || end.send(()).expect("the test listens")));

        kill_process(getpid(), Kind::TERM).expect("a signal to ourselves");
        stop.cancelled().await;
        assert!(ended.try_recv().is_err());

        kill_process(getpid(), Kind::INT).expect("a signal to ourselves");
        ended.await.expect("the end");
    }

    #[tokio::test(start_paused = true)]
    async fn finishing_waits_for_what_ends_and_not_for_what_does_not() {
        let within = Duration::from_secs(20);
        let life = Lifecycle::default();
        let stop = life.stop();
        life.spawn(async move { stop.cancelled().await });
        assert!(life.finish(within).await);

        let life = Lifecycle::default();
        life.spawn(std::future::pending());
        assert!(!life.finish(within).await);
    }
}
