//! Check 37 for connections: whatever protocol they speak, held ones end within the limits, and keep nobody out meanwhile.

use std::time::Duration;

use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use crate::support::{Engine, TestServer};

/// Generous: it only delays a failure.
const PATIENCE: Duration = Duration::from_mins(1);
/// Far longer than an honest request takes, far shorter than it would wait for held connections.
const HONEST: Duration = Duration::from_secs(5);
const PULSE: Duration = Duration::from_millis(150);
const ROOM: usize = 60;

const SHORT_LIMITS: [(&str, &str); 4] = [
    ("max_connections", "60"),
    ("header_timeout_seconds", "1"),
    ("stall_timeout_seconds", "1"),
    ("request_timeout_seconds", "2"),
];

/// How a connection is held.
#[derive(Debug, Clone, Copy)]
enum Hold {
    Silent,
    SlowHead,
    SlowBody,
    StoppedBody,
    UnreadAnswers,
    Http2Pings,
    Http2ZeroWindow,
    Http2SlowBody,
}

const HOLDS: [Hold; 8] = [
    Hold::Silent,
    Hold::SlowHead,
    Hold::SlowBody,
    Hold::StoppedBody,
    Hold::UnreadAnswers,
    Hold::Http2Pings,
    Hold::Http2ZeroWindow,
    Hold::Http2SlowBody,
];

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// Header fields without compression (RFC 7541, section 6.2.2): the static table's `method`, http, and a path.
fn head(method: u8, path: &str) -> Vec<u8> {
    let text = |index: u8, text: &str| [&[index, u8::try_from(text.len()).expect("short")], text.as_bytes()].concat();
    [vec![method, 0x86], text(4, path), text(1, "localhost")].concat()
}

impl Hold {
    /// What it begins with.
    fn start(self) -> Vec<u8> {
        let settings = frame(4, 0, 0, &[]);
        let post =
            "POST /v1/users HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 999\r\n";
        match self {
            Self::Silent => Vec::new(),
            Self::SlowHead => b"GET / HTTP/1.1\r\n".to_vec(),
            Self::SlowBody | Self::StoppedBody => format!("{post}\r\n{{").into_bytes(),
            Self::UnreadAnswers => b"GET /docs/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(500),
            Self::Http2Pings => [PREFACE, &*settings].concat(),
            // SETTINGS_INITIAL_WINDOW_SIZE (4) is nought.
            Self::Http2ZeroWindow => {
                let settings = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
                [PREFACE, &*settings, &frame(1, 5, 1, &head(0x82, "/healthz"))].concat()
            }
            Self::Http2SlowBody => [PREFACE, &*settings, &frame(1, 4, 1, &head(0x83, "/v1/users"))].concat(),
        }
    }

    /// What it sends again and again.
    fn pulse(self) -> Vec<u8> {
        match self {
            Self::Silent | Self::StoppedBody => Vec::new(),
            Self::SlowHead => b"a".to_vec(),
            Self::SlowBody => b" ".to_vec(),
            Self::UnreadAnswers => b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            Self::Http2Pings | Self::Http2ZeroWindow => frame(6, 0, 0, &[7; 8]),
            Self::Http2SlowBody => frame(0, 0, 1, b" "),
        }
    }

    /// Holds the connection until the server ends it.
    async fn hold(self, mut stream: TcpStream) {
        let mut pulse = interval(PULSE);
        let mut unread = [0; 4096];
        let _ = timeout(PULSE, stream.write_all(&self.start())).await;
        loop {
            let reads = !matches!(self, Self::UnreadAnswers);
            tokio::select! {
                read = stream.read(&mut unread), if reads => if read.is_ok_and(|bytes| bytes > 0) { continue } else { return },
                _ = pulse.tick() => {}
            }
            if let Ok(Err(_)) = timeout(PULSE, stream.write_all(&self.pulse())).await {
                return;
            }
        }
    }
}

async fn connect(server: &TestServer) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(([127, 0, 0, 1], server.port).into()).await.expect("a connection")
}

#[rstest]
#[tokio::test]
async fn every_held_connection_ends_by_itself() {
    let server = TestServer::with(Engine::Sqlite, &SHORT_LIMITS).await;
    let mut held = JoinSet::new();
    for hold in HOLDS {
        let stream = connect(&server).await;
        held.spawn(async move {
            timeout(PATIENCE, hold.hold(stream)).await.unwrap_or_else(|_| panic!("{hold:?} is held for ever"));
        });
    }
    while let Some(ended) = held.join_next().await {
        ended.expect("it ended");
    }
}

#[rstest]
#[tokio::test]
async fn an_honest_client_is_served_while_all_room_is_held() {
    let server = TestServer::with(Engine::Sqlite, &SHORT_LIMITS).await;
    let honest = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    for holds in [&HOLDS[..], &[Hold::Http2Pings], &[Hold::Http2ZeroWindow], &[Hold::StoppedBody]] {
        let mut held = JoinSet::new();
        for number in 0..ROOM {
            let (hold, stream) = (holds[number % holds.len()], connect(&server).await);
            held.spawn(async move { hold.hold(stream).await });
        }
        let all_gone = async { while held.join_next().await.is_some() {} };
        let served = async {
            let mut often = interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                let asked = honest.get(format!("{}/healthz", server.address)).send();
                let answer = timeout(HONEST, asked).await.expect("served in time").expect("an answer");
                assert_eq!(answer.status(), 200);
            }
        };
        tokio::select! {
            gone = timeout(PATIENCE, all_gone) => gone.expect("all held connections are gone"),
            () = served => {}
        }
    }
}
