//! A webhook receiver on bare axum.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use gantry_core::clock::Clock;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

#[derive(Default)]
struct Seen {
    calls: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    taken: HashSet<String>,
    delays_ms: Vec<f64>,
}

/// A webhook receiver that runs until the process ends.
pub struct Receiver {
    /// Base URL: `http://127.0.0.1:PORT/`.
    pub address: String,
    seen: Arc<Mutex<Seen>>,
    took: Arc<Notify>,
}

impl Receiver {
    /// Starts a receiver that refuses this percentage of calls.
    pub async fn start(refused: u64) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let at: SocketAddr = listener.local_addr()?;
        let receiver = Self { address: format!("http://{at}/"), seen: Arc::default(), took: Arc::default() };
        let (seen, took) = (Arc::clone(&receiver.seen), Arc::clone(&receiver.took));
        let router = Router::new().fallback(move |headers: HeaderMap, body: String| {
            let status = take(&seen, refused, &headers, &body);
            took.notify_one();
            async move { status }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(receiver)
    }

    /// Waits until this many events were accepted. Returns the number of all calls, refused ones included, and the time
    /// from the first to the last one.
    pub async fn taken(&self, events: usize) -> (u64, Duration) {
        loop {
            {
                let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                if let (Some(first), Some(last)) = (seen.first, seen.last)
                    && seen.taken.len() >= events
                {
                    return (seen.calls, last - first);
                }
            }
            self.took.notified().await;
        }
    }

    /// Returns median and 99th percentile of the delay from the events' timestamps to their receipt, in milliseconds.
    pub fn delays(&self) -> (f64, f64) {
        let mut delays = self.seen.lock().unwrap_or_else(PoisonError::into_inner).delays_ms.clone();
        delays.sort_by(f64::total_cmp);
        let at = |hundredths: usize| delays.get(delays.len() * hundredths / 100).copied().unwrap_or_default();
        (at(50), at(99))
    }
}

fn take(seen: &Mutex<Seen>, refused: u64, headers: &HeaderMap, body: &str) -> StatusCode {
    let now = Instant::now();
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    seen.calls += 1;
    seen.first.get_or_insert(now);
    if seen.calls * 37 % 100 < refused {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let event: Value = serde_json::from_str(body).unwrap_or_default();
    if let Some(seconds) = event["event_at"].as_f64() {
        #[expect(clippy::cast_precision_loss, reason = "exact for the next 280,000 years")]
        let now_ms = Clock::system().now_ms() as f64;
        seen.delays_ms.push(now_ms - seconds * 1000.0);
    }
    if let Some(id) = headers.get("webhook-id").and_then(|id| id.to_str().ok()) {
        seen.taken.insert(id.to_owned());
    }
    seen.last = Some(now);
    StatusCode::OK
}
