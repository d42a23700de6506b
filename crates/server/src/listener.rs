//! Accepts connections and speaks HTTP/1 and HTTP/2 (without TLS) on them.
//!
//! Guarantees: the number of connections is bounded, and none can be held idle (see `connections`); a client that sends
//! nothing, or a request head that is too slow or too large, is disconnected; the service gets the peer's address as
//! `ConnectInfo<SocketAddr>`; once `stop` is cancelled, no new connection is accepted, requests in flight are finished,
//! and the remaining ones are cut off at the deadline.
//! Every request passes through here, so no layer and no lock is added per request.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use futures_util::StreamExt as _;
use futures_util::future::OptionFuture;
use futures_util::stream::FuturesUnordered;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::config::Config;
use crate::connections::{ConnectionRegistry, ConnectionState, Seat};
use crate::proxy::TrustedProxies;
use crate::watched::{ReceivedBody, SentBody, WatchedStream};

/// Maximum size of a request's head in bytes; a larger one is answered with 431.
const HEAD_LIMIT: u16 = 32 * 1024;
/// Interval between pings on a silent HTTP/2 connection, and the deadline for the response to one.
const PING: Duration = Duration::from_secs(20);

/// Limits of a listener.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Deadline for a request's head, counted from the connection's start or the end of the previous response.
    pub header_timeout: Duration,
    /// Deadline for the client to read the next part of a response or send the next part of a body.
    pub stall_timeout: Duration,
    /// Maximum number of open connections. At the limit, the one that has waited longest for its client is evicted; if
    /// none waits, new connections wait until one ends.
    pub max_connections: usize,
    /// Maximum number of open connections of one IPv4 address or one IPv6 /64, except for trusted proxies.
    pub max_per_address: usize,
    /// Proxies whose connections carry many clients.
    pub trusted_proxies: TrustedProxies,
    /// Deadline for requests in flight to finish, counted from `stop`.
    pub drain: Duration,
}

impl Limits {
    /// Returns the limits from the settings.
    pub fn of(config: &Config) -> Self {
        Self {
            header_timeout: Duration::from_secs(config.header_timeout_seconds),
            stall_timeout: Duration::from_secs(config.stall_timeout_seconds),
            max_connections: config.max_connections,
            max_per_address: config.max_connections_per_address,
            trusted_proxies: config.trusted_proxies.clone(),
            drain: Duration::from_secs(config.shutdown_seconds),
        }
    }
}

impl Default for Limits {
    /// Returns the limits of the default settings.
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(20),
            max_connections: 10_000,
            max_per_address: 2_000,
            trusted_proxies: TrustedProxies::default(),
            drain: Duration::from_secs(20),
        }
    }
}

/// Phase of the listener, which its connections follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
    Over,
}

/// Serves until `stop` is cancelled, then drains. Returns the number of connections cut off at the deadline.
///
/// `service` must always be ready, as `axum::Router` is, and cheap to clone, since each request gets a clone.
pub async fn serve<S>(listener: TcpListener, service: S, limits: Limits, stop: CancellationToken) -> usize
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let http = Arc::new(protocols(limits.header_timeout));
    let registry = ConnectionRegistry::new(limits.clone());
    let (phase, follow) = watch::channel(Phase::Serving);
    let connections = TaskTracker::new();
    let swept = CancellationToken::new();
    let sweeper = tokio::spawn({
        let (registry, swept) = (Arc::clone(&registry), swept.clone());
        async move { registry.sweep(swept).await }
    });
    while let Some((stream, peer)) = next(&listener, &stop).await {
        let Some(seat) = stop.run_until_cancelled(registry.admit(peer.ip())).await else { break };
        let Some(seat) = seat else { continue };
        let guest = Guest { service: service.clone(), peer: ConnectInfo(peer), seat };
        let (http, follow, limits) = (Arc::clone(&http), follow.clone(), limits.clone());
        connections.spawn(async move { attend(&http, stream, guest, follow, &limits).await });
    }
    drop(listener);
    phase.send_replace(Phase::Draining);
    connections.close();
    let late = if timeout(limits.drain, connections.wait()).await.is_ok() {
        0
    } else {
        let late = connections.len();
        phase.send_replace(Phase::Over);
        connections.wait().await;
        late
    };
    swept.cancel();
    let _ = sweeper.await;
    late
}

fn protocols(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(usize::from(HEAD_LIMIT));
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::from(HEAD_LIMIT))
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    http
}

/// Accepts the next connection. Returns `None` once `stop` is cancelled.
async fn next(listener: &TcpListener, stop: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    loop {
        match stop.run_until_cancelled(listener.accept()).await? {
            Ok((stream, peer)) => {
                // Without it, a response in two parts waits for the client's acknowledgement of the first. A socket on
                // which it fails is already closed, which serving it will show.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer));
            }
            Err(error) if is_of_one_connection(&error) => {}
            // No file descriptors or memory left: an immediate retry would only burn a core.
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                let _ = timeout(Duration::from_secs(1), stop.cancelled()).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// A connection, and the service for its requests.
struct Guest<S> {
    service: S,
    peer: ConnectInfo<SocketAddr>,
    seat: Seat,
}

/// What a connection must do, regardless of its client.
enum Signal {
    /// Accept no new request, and end when the requests in flight are finished.
    Drain,
    /// End immediately.
    End,
}

/// Sources of a connection's signals. They are awaited in a separate future, which is polled only when one of them
/// wakes it, not with each request.
struct Signals {
    state: Arc<ConnectionState>,
    follow: watch::Receiver<Phase>,
    /// Set once a request has arrived.
    heard: Arc<AtomicBool>,
    /// Deadline for the first request; `None` afterwards.
    silence: Option<Pin<Box<Sleep>>>,
    is_draining: bool,
}

impl Signals {
    /// Waits for the next signal.
    async fn next(mut self) -> (Signal, Self) {
        loop {
            let silence = OptionFuture::from(self.silence.as_mut());
            tokio::select! {
                biased;
                Some(()) = silence => {
                    if !self.heard.load(Ordering::Relaxed) {
                        return (Signal::End, self);
                    }
                    self.silence = None;
                }
                // Idle for too long, or evicted for a new connection.
                () = self.state.cut.cancelled() => return (Signal::End, self),
                () = self.state.close.cancelled(), if !self.is_draining => {
                    self.is_draining = true;
                    return (Signal::Drain, self);
                }
                // The sender is dropped last; an error means that nothing is left to wait for.
                changed = self.follow.changed() => match changed.map(|()| *self.follow.borrow_and_update()) {
                    Ok(Phase::Draining) => return (Signal::Drain, self),
                    Ok(Phase::Serving) => {}
                    Ok(Phase::Over) | Err(_) => return (Signal::End, self),
                },
            }
        }
    }
}

/// Serves one connection to its end.
async fn attend<S>(
    http: &Builder<TokioExecutor>,
    stream: TcpStream,
    guest: Guest<S>,
    follow: watch::Receiver<Phase>,
    limits: &Limits,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let Guest { service, peer, seat } = guest;
    let state = Arc::clone(&seat.state);
    let heard = Arc::new(AtomicBool::new(false));
    let serve = {
        let (state, heard, patience) = (Arc::clone(&state), Arc::clone(&heard), limits.stall_timeout);
        move |request: Request<Incoming>| {
            heard.store(true, Ordering::Relaxed);
            let (state, mut service) = (Arc::clone(&state), service.clone());
            let at_work = state.serve();
            let mut request = request.map(|body| {
                if body.is_end_stream() {
                    return Body::empty();
                }
                Body::new(ReceivedBody::new(body, Arc::clone(&state), patience))
            });
            request.extensions_mut().insert(peer);
            async move {
                let response = service.call(request).await?;
                let sending = state.send();
                drop(at_work);
                Ok::<_, Infallible>(response.map(|body| SentBody { body, sending }))
            }
        }
    };
    let stream = TokioIo::new(WatchedStream { stream, state: Arc::clone(&state) });
    let mut connection = pin!(http.serve_connection(stream, service_fn(serve)));
    // hyper's own limit starts once it has detected HTTP/1, so it does not end a connection that sends too little for
    // that.
    let silence = Some(Box::pin(sleep_until(Instant::now() + limits.header_timeout)));
    let signals = Signals { state, follow, heard, silence, is_draining: false };
    let mut signals = FuturesUnordered::from_iter([signals.next()]);
    loop {
        tokio::select! {
            biased;
            // Errors here are caused by the client: disconnected, too slow, or not speaking HTTP.
            _ = connection.as_mut() => return,
            Some((signal, rest)) = signals.next() => {
                match signal {
                    Signal::Drain => connection.as_mut().graceful_shutdown(),
                    Signal::End => return,
                }
                signals.push(rest.next());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: gantry\r\n\r\n";

    struct Running {
        address: SocketAddr,
        stop: CancellationToken,
        end: JoinHandle<usize>,
    }

    async fn running(app: Router, limits: Limits) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (address, stop) = (listener.local_addr().expect("its address"), CancellationToken::new());
        let end = tokio::spawn(serve(listener, app, limits, stop.clone()));
        Running { address, stop, end }
    }

    impl Running {
        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.expect("a connection")
        }

        /// Sends `request` and reads until the server closes.
        async fn exchange(&self, request: &[u8]) -> String {
            let mut stream = self.connect().await;
            stream.write_all(request).await.expect("room to write");
            answer(stream).await
        }
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut answer = Vec::new();
        // A server that closes before it has read everything resets the connection.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("text")
    }

    /// Returns an app whose only route signals that it was entered, then waits for permission to answer.
    fn slow() -> (Router, Arc<Notify>, Arc<Notify>) {
        let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (tell, wait) = (Arc::clone(&entered), Arc::clone(&go));
        let route = get(move || async move {
            tell.notify_one();
            wait.notified().await;
            "done"
        });
        (Router::new().route("/", route), entered, go)
    }

    fn peer() -> Router {
        Router::new().route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
    }

    #[tokio::test]
    async fn the_service_sees_the_other_end() {
        let running = running(peer(), Limits::default()).await;
        let answer = running.exchange(b"GET / HTTP/1.1\r\nhost: gantry\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n127.0.0.1"), "{answer}");
    }

    #[tokio::test]
    async fn http2_is_spoken_to_who_begins_with_it() {
        let running = running(peer(), Limits::default()).await;
        let mut stream = running.connect().await;
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
        stream.write_all(preface).await.expect("room to write");
        // RFC 9113 §3.4: the server's preface is a SETTINGS frame (type 4) on stream 0.
        let mut frame = [0; 9];
        stream.read_exact(&mut frame).await.expect("a frame");
        assert_eq!((frame[3], &frame[5..]), (4, &[0, 0, 0, 0][..]));
    }

    #[tokio::test]
    async fn an_open_request_is_finished_and_nobody_new_is_let_in() {
        let (app, entered, go) = slow();
        let running = running(app, Limits::default()).await;
        let mut busy = running.connect().await;
        busy.write_all(GET).await.expect("room to write");
        let idle = running.connect().await;
        entered.notified().await;
        running.stop.cancel();
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(answer(idle).await, "");
        assert!(!running.end.is_finished());
        go.notify_one();
        let answer = answer(busy).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("done"), "{answer}");
        assert_eq!(running.end.await.expect("an end"), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn at_the_deadline_the_rest_is_cut_off() {
        let (app, entered, _go) = slow();
        let running = running(app, Limits::default()).await;
        let mut busy = running.connect().await;
        busy.write_all(GET).await.expect("room to write");
        entered.notified().await;
        let begin = Instant::now();
        running.stop.cancel();
        assert_eq!(running.end.await.expect("an end"), 1);
        assert_eq!(begin.elapsed().as_secs(), Limits::default().drain.as_secs());
        assert_eq!(answer(busy).await, "");
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_too_little_is_dropped() {
        let running = running(peer(), Limits::default()).await;
        for start in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\nhost: gant"] {
            let begin = Instant::now();
            let answer = running.exchange(start).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
            // Tokio's timer counts milliseconds and rounds up.
            assert_eq!(begin.elapsed().as_secs(), Limits::default().header_timeout.as_secs());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_be_idle_between_requests_but_not_forever() {
        let running = running(peer(), Limits::default()).await;
        let begin = Instant::now();
        let answer = running.exchange(&[GET, GET].concat()).await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answer}");
        assert_eq!(begin.elapsed().as_secs(), Limits::default().header_timeout.as_secs());
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let running = running(peer(), Limits::default()).await;
        let request = |length: usize| {
            let cookie = "a".repeat(length);
            format!("GET / HTTP/1.1\r\nhost: gantry\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n").into_bytes()
        };
        let fits = running.exchange(&request(31 * 1024)).await;
        assert!(fits.starts_with("HTTP/1.1 200 "), "{fits}");
        let mut stream = running.connect().await;
        let _ = stream.write_all(&request(200 * 1024)).await;
        let mut status = [0; 12];
        if stream.read_exact(&mut status).await.is_ok() {
            assert_eq!(&status, b"HTTP/1.1 431");
        }
    }

    #[tokio::test]
    async fn more_connections_than_allowed_wait_their_turn() {
        let (app, entered, go) = slow();
        let running = running(app, Limits { max_connections: 1, ..Limits::default() }).await;
        let request = b"GET / HTTP/1.1\r\nhost: gantry\r\nconnection: close\r\n\r\n";
        let (mut first, mut second) = (running.connect().await, running.connect().await);
        first.write_all(request).await.expect("room to write");
        entered.notified().await;
        second.write_all(request).await.expect("room to write");
        // One permit of `go` is not enough for two, so the second can only be entered after the first has ended.
        go.notify_one();
        assert!(answer(first).await.ends_with("done"));
        entered.notified().await;
        go.notify_one();
        assert!(answer(second).await.ends_with("done"));
    }
}
