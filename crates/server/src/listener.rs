//! Accepts connections and speaks HTTP/1 and HTTP/2 (without TLS) on them.
//!
//! Guarantees: a bounded number of connections; a client that sends nothing, or its request's head too slowly or too
//! large, is dropped; the service sees the other end as `ConnectInfo<SocketAddr>`; once `stop` is cancelled nobody new
//! is let in, open requests are finished, and at the deadline what is left is cut off.
//! It is on the way of every request, so it adds no layer, no lock and no allocation of its own to one.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

/// Bytes of a request's head; a bigger one is answered 431.
const HEAD_LIMIT: u16 = 32 * 1024;
/// Between two pings on a silent HTTP/2 connection, and the wait for the answer to one.
const PING: Duration = Duration::from_secs(20);

/// What a listener allows.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a request's head to arrive, counted from the connection's start or the end of the answer before.
    pub header_timeout: Duration,
    /// Connections at once; more wait in the operating system's queue.
    pub max_connections: usize,
    /// For open requests to finish, counted from `stop`.
    pub drain: Duration,
}

/// Where the listener stands; its connections follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
    Over,
}

/// Serves until `stop` is cancelled, then drains. Gives the number of connections that the deadline cut off.
///
/// `service` has to be ready at all times, as `axum::Router` is, and cheap to clone: each request gets a clone.
pub async fn serve<S>(listener: TcpListener, service: S, limits: Limits, stop: CancellationToken) -> usize
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let http = Arc::new(protocols(limits.header_timeout));
    let room = Arc::new(Semaphore::new(limits.max_connections));
    let (phase, follow) = watch::channel(Phase::Serving);
    let connections = TaskTracker::new();
    while let Some((stream, peer, place)) = next(&listener, &room, &stop).await {
        let guest = Guest { service: service.clone(), peer: ConnectInfo(peer), heard: Arc::default() };
        let (http, follow) = (Arc::clone(&http), follow.clone());
        connections.spawn(async move {
            attend(&http, stream, guest, follow, limits.header_timeout).await;
            drop(place);
        });
    }
    drop(listener);
    phase.send_replace(Phase::Draining);
    connections.close();
    if timeout(limits.drain, connections.wait()).await.is_ok() {
        return 0;
    }
    let late = connections.len();
    phase.send_replace(Phase::Over);
    connections.wait().await;
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

/// The next connection with its place among those allowed; `None` once `stop` is cancelled.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = stop.run_until_cancelled(Arc::clone(room).acquire_owned()).await?.ok()?;
    loop {
        match stop.run_until_cancelled(listener.accept()).await? {
            Ok((stream, peer)) => {
                // Without it an answer in two parts waits for the client's acknowledgement of the first. A socket that
                // cannot do it is already closed, which serving it will show.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer, place));
            }
            Err(error) if is_of_one_connection(&error) => {}
            // No file descriptors or memory left: trying again at once would only burn a core.
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

/// Serves one connection to its end.
async fn attend<S>(
    http: &Builder<TokioExecutor>,
    stream: TcpStream,
    guest: Guest<S>,
    mut follow: watch::Receiver<Phase>,
    header_timeout: Duration,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let heard = Arc::clone(&guest.heard);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), guest));
    // hyper's own limit starts when it knows that this is HTTP/1, so it does not end a connection on which too little
    // comes to tell.
    let mut silence = pin!(sleep_until(Instant::now() + header_timeout));
    let mut may_be_silent = true;
    loop {
        tokio::select! {
            biased;
            // Errors here are the client's: gone, too slow, not speaking HTTP.
            _ = connection.as_mut() => return,
            () = silence.as_mut(), if may_be_silent => {
                if !heard.load(Ordering::Relaxed) {
                    return;
                }
                may_be_silent = false;
            }
            // The sender goes last; if not, there is nothing left to wait for.
            changed = follow.changed() => match changed.map(|()| *follow.borrow_and_update()) {
                Ok(Phase::Draining) => connection.as_mut().graceful_shutdown(),
                Ok(Phase::Serving) => {}
                Ok(Phase::Over) | Err(_) => return,
            },
        }
    }
}

/// The service as one connection sees it.
struct Guest<S> {
    service: S,
    peer: ConnectInfo<SocketAddr>,
    /// Whether a request has arrived.
    heard: Arc<AtomicBool>,
}

impl<S> hyper::service::Service<Request<Incoming>> for Guest<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = S::Future;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.heard.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        self.service.clone().call(request)
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

    const LIMITS: Limits =
        Limits { header_timeout: Duration::from_secs(10), max_connections: 100, drain: Duration::from_secs(20) };
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

    /// An app whose one route says that it was entered, then waits to be let go.
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
        let running = running(peer(), LIMITS).await;
        let answer = running.exchange(b"GET / HTTP/1.1\r\nhost: gantry\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n127.0.0.1"), "{answer}");
    }

    #[tokio::test]
    async fn http2_is_spoken_to_who_begins_with_it() {
        let running = running(peer(), LIMITS).await;
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
        let running = running(app, LIMITS).await;
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
        let running = running(app, LIMITS).await;
        let mut busy = running.connect().await;
        busy.write_all(GET).await.expect("room to write");
        entered.notified().await;
        let begin = Instant::now();
        running.stop.cancel();
        assert_eq!(running.end.await.expect("an end"), 1);
        assert_eq!(begin.elapsed().as_secs(), LIMITS.drain.as_secs());
        assert_eq!(answer(busy).await, "");
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_too_little_is_dropped() {
        let running = running(peer(), LIMITS).await;
        for start in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\nhost: gant"] {
            let begin = Instant::now();
            let answer = running.exchange(start).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
            // Tokio's timer counts milliseconds and rounds up.
            assert_eq!(begin.elapsed().as_secs(), LIMITS.header_timeout.as_secs());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_be_idle_between_requests_but_not_forever() {
        let running = running(peer(), LIMITS).await;
        let begin = Instant::now();
        let answer = running.exchange(&[GET, GET].concat()).await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answer}");
        assert_eq!(begin.elapsed().as_secs(), LIMITS.header_timeout.as_secs());
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let running = running(peer(), LIMITS).await;
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
        let running = running(app, Limits { max_connections: 1, ..LIMITS }).await;
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
