//! Connection limits of a listener: how many connections may be open, which one is evicted for a new one, and which
//! are closed as idle.
//!
//! Guarantees: no address exceeds its share; at the limit, the connection that has waited longest for its client is
//! evicted, so that idle connections cannot keep new clients out; a connection without progress is closed after a
//! timeout, whatever its protocol. A request costs a few atomic operations: locks are taken only when a connection
//! begins or ends, and by [`ConnectionRegistry::sweep`].

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::listener::Limits;

/// Time that an idle connection gets to shut down gracefully before it is cut.
const GRACE_MS: u64 = 1_000;
/// A connection with a request in flight can be evicted only after waiting this long for its client.
const CLIENT_WAIT_MS: u64 = 1_000;
/// An idle connection can be evicted only after this long, since the first request of a slow client may be in transit.
const FIRST_REQUEST_WAIT_MS: u64 = 500;
/// Interval between attempts to evict a connection while the listener is at its limit.
const RECHECK: Duration = Duration::from_millis(50);
/// Longest interval between two sweeps.
const LONGEST_SWEEP: Duration = Duration::from_secs(1);

/// Activity of one connection. Times are milliseconds since its registry was created, starting at 1.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    began: Instant,
    /// Address or network in whose share the connection counts; `None` for a trusted proxy.
    group: Option<IpAddr>,
    /// Number of requests that the service is handling.
    in_service: AtomicU32,
    /// Number of those requests that wait for more of their body.
    receiving: AtomicU32,
    /// Number of responses that are not yet sent completely.
    sending: AtomicU32,
    /// Time of the last progress: a request, or a part of a body or response.
    moved_ms: AtomicU64,
    /// Time since which the client has read nothing; 0 if it reads.
    blocked_ms: AtomicU64,
    /// Requests a graceful shutdown of the connection.
    pub close: CancellationToken,
    /// Ends the connection immediately.
    pub cut: CancellationToken,
}

/// What a sweep does with a connection.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Keep,
    Close,
    Cut,
}

impl ConnectionState {
    fn new(began: Instant, group: Option<IpAddr>) -> Self {
        let state = Self {
            began,
            group,
            in_service: AtomicU32::new(0),
            receiving: AtomicU32::new(0),
            sending: AtomicU32::new(0),
            moved_ms: AtomicU64::new(0),
            blocked_ms: AtomicU64::new(0),
            close: CancellationToken::new(),
            cut: CancellationToken::new(),
        };
        state.moved();
        state
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// Records that a request, or a part of a body or response, was received or sent.
    pub fn moved(&self) {
        self.moved_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Records whether writes are blocked because the client does not read.
    pub fn set_blocked(&self, is_blocked: bool) {
        let since = self.blocked_ms.load(Ordering::Relaxed);
        match (is_blocked, since) {
            (true, 0) => self.blocked_ms.store(self.now_ms(), Ordering::Relaxed),
            (false, 1..) => self.blocked_ms.store(0, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Counts a request as being handled until the value is dropped. The service enforces its own deadline for it.
    pub fn serve(self: &Arc<Self>) -> Counted {
        Counted::new(self, |state| &state.in_service)
    }

    /// Counts a request that waits for its body, until the value is dropped.
    pub fn receive(self: &Arc<Self>) -> Counted {
        self.moved();
        Counted::new(self, |state| &state.receiving)
    }

    /// Counts a response as being sent, until the value is dropped.
    pub fn send(self: &Arc<Self>) -> Counted {
        self.moved();
        Counted::new(self, |state| &state.sending)
    }

    fn is_idle(&self) -> bool {
        self.in_service.load(Ordering::Relaxed) == 0 && self.sending.load(Ordering::Relaxed) == 0
    }

    /// Returns since when the connection has waited for its client, or `None` if it must not be evicted.
    fn waits_since(&self) -> Option<u64> {
        let moved = self.moved_ms.load(Ordering::Relaxed);
        let waited = self.now_ms().saturating_sub(moved);
        if self.is_idle() {
            return (waited >= FIRST_REQUEST_WAIT_MS).then_some(moved);
        }
        let at_work = self.in_service.load(Ordering::Relaxed) > self.receiving.load(Ordering::Relaxed);
        (!at_work && waited >= CLIENT_WAIT_MS).then_some(moved)
    }

    fn verdict(&self, limits: &Limits) -> Verdict {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let now = self.now_ms();
        let blocked = self.blocked_ms.load(Ordering::Relaxed);
        if blocked > 0 && now.saturating_sub(blocked) >= millis(limits.stall_timeout) {
            return Verdict::Cut;
        }
        if self.in_service.load(Ordering::Relaxed) > 0 {
            // The request and its body have their own deadlines.
            return Verdict::Keep;
        }
        let quiet = now.saturating_sub(self.moved_ms.load(Ordering::Relaxed));
        if self.sending.load(Ordering::Relaxed) > 0 {
            return if quiet >= millis(limits.stall_timeout) { Verdict::Cut } else { Verdict::Keep };
        }
        match quiet.checked_sub(millis(limits.header_timeout)) {
            None => Verdict::Keep,
            Some(0..GRACE_MS) => Verdict::Close,
            Some(_) => Verdict::Cut,
        }
    }
}

/// Guard that counts an activity of a connection while it lives. The clock is read only when the activity begins: when
/// it ends, the next one begins, or the last part of a response was just sent.
#[derive(Debug)]
pub(crate) struct Counted {
    pub state: Arc<ConnectionState>,
    counter: fn(&ConnectionState) -> &AtomicU32,
}

impl Counted {
    fn new(state: &Arc<ConnectionState>, counter: fn(&ConnectionState) -> &AtomicU32) -> Self {
        counter(state).fetch_add(1, Ordering::Relaxed);
        Self { state: Arc::clone(state), counter }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.counter)(&self.state).fetch_sub(1, Ordering::Relaxed);
    }
}

/// All connections of a listener.
#[derive(Debug)]
pub(crate) struct ConnectionRegistry {
    limits: Limits,
    began: Instant,
    room: Arc<Semaphore>,
    open: Mutex<OpenConnections>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    last_id: u64,
    by_id: HashMap<u64, Arc<ConnectionState>>,
    per_group: HashMap<IpAddr, usize>,
}

/// Permit of one open connection; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Seat {
    registry: Arc<ConnectionRegistry>,
    id: u64,
    pub state: Arc<ConnectionState>,
    _room: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.registry.open().remove(self.id);
    }
}

impl ConnectionRegistry {
    pub fn new(limits: Limits) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(limits.max_connections));
        Arc::new(Self { limits, began: Instant::now(), room, open: Mutex::default() })
    }

    /// Returns a permit for a connection from this address. Waits while the limit is reached and no connection can be
    /// evicted. Returns `None` if the address's share is used up by connections that cannot be evicted.
    pub async fn admit(self: &Arc<Self>, ip: IpAddr) -> Option<Seat> {
        let group = (!self.limits.trusted_proxies.contains(ip)).then(|| share_of(ip));
        if let Some(group) = group {
            let mut open = self.open();
            while open.per_group.get(&group).is_some_and(|count| *count >= self.limits.max_per_address) {
                if !open.evict(|state| state.group == Some(group)) {
                    tracing::debug!(%ip, "a connection is refused: its address has its share in use");
                    return None;
                }
            }
        }
        let room = self.room().await?;
        let state = Arc::new(ConnectionState::new(self.began, group));
        let id = self.open().insert(Arc::clone(&state));
        Some(Seat { registry: Arc::clone(self), id, state, _room: room })
    }

    async fn room(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(room) = Arc::clone(&self.room).try_acquire_owned() {
            return Some(room);
        }
        loop {
            {
                let mut open = self.open();
                // Connections of trusted proxies are evicted last, since each serves many clients.
                let _ = open.evict(|state| state.group.is_some()) || open.evict(|_| true);
            }
            if let Ok(room) = timeout(RECHECK, Arc::clone(&self.room).acquire_owned()).await {
                return room.ok();
            }
        }
    }

    /// Periodically ends idle and stalled connections until `stop` is cancelled.
    pub async fn sweep(&self, stop: CancellationToken) {
        let pulse = (self.limits.header_timeout.min(self.limits.stall_timeout) / 4).min(LONGEST_SWEEP);
        let mut pulse = interval(pulse.max(Duration::from_millis(10)));
        pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(pulse.tick()).await.is_some() {
            for state in self.open().by_id.values() {
                match state.verdict(&self.limits) {
                    Verdict::Keep => {}
                    Verdict::Close => state.close.cancel(),
                    Verdict::Cut => state.cut.cancel(),
                }
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, OpenConnections> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenConnections {
    fn insert(&mut self, state: Arc<ConnectionState>) -> u64 {
        self.last_id += 1;
        if let Some(group) = state.group {
            *self.per_group.entry(group).or_default() += 1;
        }
        self.by_id.insert(self.last_id, state);
        self.last_id
    }

    fn remove(&mut self, id: u64) {
        let Some(group) = self.by_id.remove(&id).and_then(|state| state.group) else { return };
        if let Some(count) = self.per_group.get_mut(&group) {
            *count -= 1;
            if *count == 0 {
                self.per_group.remove(&group);
            }
        }
    }

    /// Cuts the candidate that has waited longest for its client. Returns `false` if no candidate can be evicted.
    fn evict(&mut self, is_candidate: impl Fn(&ConnectionState) -> bool) -> bool {
        let candidates = self.by_id.iter().filter(|(_, state)| is_candidate(state));
        let waiting = candidates.filter_map(|(id, state)| Some((state.waits_since()?, *id)));
        let Some((_, id)) = waiting.min() else { return false };
        if let Some(state) = self.by_id.get(&id) {
            state.cut.cancel();
        }
        self.remove(id);
        true
    }
}

/// Returns the address or network that shares a limit: an IPv4 address, or an IPv6 /64, the smallest network that
/// providers assign to a customer.
fn share_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::Duration;

    use tokio::time::advance;

    use super::{ConnectionRegistry, share_of};
    use crate::listener::Limits;
    use crate::proxy::TrustedProxies;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_ipv6_network_has_one_share() {
        assert_eq!(share_of(ip("2001:db8:1:2:3:4:5:6")), share_of(ip("2001:db8:1:2::")));
        assert_ne!(share_of(ip("2001:db8:1:2::1")), share_of(ip("2001:db8:1:3::1")));
        assert_eq!(share_of(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_ne!(share_of(ip("192.0.2.1")), share_of(ip("192.0.2.2")));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_gives_way_and_what_is_at_work_does_not() {
        let trusted = TrustedProxies::parse(&["10.0.0.0/8"]).expect("a network");
        let limits = Limits { max_connections: 4, max_per_address: 2, trusted_proxies: trusted, ..Limits::default() };
        let registry = ConnectionRegistry::new(limits);
        let first = registry.admit(ip("192.0.2.1")).await.expect("room");
        let at_work = first.state.serve();
        let second = registry.admit(ip("192.0.2.1")).await.expect("room");
        assert!(registry.admit(ip("192.0.2.1")).await.is_none(), "the second's first request may be on its way");
        advance(Duration::from_secs(1)).await;
        let third = registry.admit(ip("192.0.2.1")).await.expect("the second gives way");
        assert!(second.state.cut.is_cancelled() && !first.state.cut.is_cancelled());
        drop(second);
        let working = third.state.serve();
        assert!(registry.admit(ip("192.0.2.1")).await.is_none(), "its share is in use");
        drop((at_work, working));

        let proxy = registry.admit(ip("10.0.0.1")).await.expect("room");
        let other = registry.admit(ip("192.0.2.2")).await.expect("room");
        let waiting = {
            let registry = registry.clone();
            tokio::spawn(async move { registry.admit(ip("192.0.2.3")).await.is_some() })
        };
        first.state.cut.cancelled().await;
        drop(first);
        assert!(waiting.await.expect("no panic"), "the one that was idle longest made room");
        assert!(!proxy.state.cut.is_cancelled() && !other.state.cut.is_cancelled());
        let proxies: Vec<_> = futures_util::future::join_all((0..1).map(|_| registry.admit(ip("10.0.0.1")))).await;
        assert!(proxies.iter().all(Option::is_some), "a proxy has no share, and room was left");
    }
}
