//! A TCP proxy before PostgreSQL, which can fall silent, cut connections, and refuse new ones.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// How many times connections fell silent; those opened before the last time are.
    silences: u64,
    /// The same for connections that were cut.
    cuts: u64,
    /// New connections are closed at once.
    is_refusing: bool,
}

/// Forwards every connection to one server. It ends with the value.
pub struct Proxy {
    state: watch::Sender<State>,
    accepting: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Proxy {
    /// A proxy before the server of this URL, and the URL that leads through it.
    pub async fn before(url: &str) -> (Self, String) {
        let mut url = Url::parse(url).expect("a URL");
        let host = url.host_str().expect("a host").to_owned();
        let target: SocketAddr = format!("{host}:{}", url.port().expect("a port")).parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (state, seen) = watch::channel(State::default());
        let accepting = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.expect("a connection");
                if !seen.borrow().is_refusing {
                    tokio::spawn(forward(client, target, seen.clone()));
                }
            }
        });
        url.set_port(Some(port)).expect("a port");
        (Self { state, accepting }, url.into())
    }

    /// From now on nothing arrives any more on the connections that there are, as when a machine has died. New ones work.
    pub fn silence(&self) {
        self.state.send_modify(|state| state.silences += 1);
    }

    /// Closes the connections that there are.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cuts += 1);
    }

    /// Closes the connections that there are, and every new one.
    pub fn refuse(&self) {
        self.state.send_modify(|state| (state.cuts, state.is_refusing) = (state.cuts + 1, true));
    }

    /// Lets new connections through again.
    pub fn admit(&self) {
        self.state.send_modify(|state| state.is_refusing = false);
    }
}

async fn forward(mut client: TcpStream, target: SocketAddr, mut state: watch::Receiver<State>) {
    let opened = *state.borrow_and_update();
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    // Both sockets stay open while nothing is read from them.
    let copy = async {
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => {}
            () = until(state.clone(), |now| now.silences > opened.silences) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = copy => {}
        () = until(state.clone(), |now| now.cuts > opened.cuts) => {}
    }
}

/// Returns once the state is so, or the proxy is gone.
async fn until(mut state: watch::Receiver<State>, is_so: impl Fn(&State) -> bool) {
    let _ = state.wait_for(|now| is_so(now)).await;
}
