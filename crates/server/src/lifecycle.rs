//! The life of the process: it runs until a signal, then stops in order.
//!
//! Guarantees: the first SIGTERM or SIGINT asks everything to finish; the second ends the process at once; work in the
//! background is known, and waited for.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What a shell reports for a process that Ctrl-C ended.
const ENDED_BY_SIGNAL: i32 = 130;

/// Cheap to clone; all clones are of the same life.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A life that signals end. Has to be called inside the runtime.
    pub fn begin() -> io::Result<Self> {
        let life = Self::default();
        let signals = Signals::listen()?;
        tokio::spawn(signals.obey(life.stop.clone(), || std::process::exit(ENDED_BY_SIGNAL)));
        Ok(life)
    }

    /// Is cancelled when it is time to stop; cancelling it is how a part of the program stops the whole.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs `work` in the background. It has to watch [`Lifecycle::stop`], and end soon after.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Waits `within` that long for the work in the background, after asking it to stop. False if some is not done.
    pub async fn finish(&self, within: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(within, self.tasks.wait()).await.is_ok()
    }
}

/// The two signals that ask a process to end.
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
