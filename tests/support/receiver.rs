//! A receiver of webhooks: a real HTTP server on a port of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

/// Longest wait for a call that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// One call.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    pub fn event_type(&self) -> String {
        self.json()["event_type"].as_str().expect("a type").to_owned()
    }
}

/// Takes every call, notes it, and answers as it was told to. It ends with the value.
pub struct Receiver {
    /// `http://127.0.0.1:PORT`
    pub address: String,
    pub port: u16,
    calls: Mutex<mpsc::UnboundedReceiver<Received>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    /// Answers each call with the status that `answer` gives for it.
    pub async fn start(answer: impl Fn(&Received) -> u16 + Send + Sync + 'static) -> Self {
        Self::answering(move |call| StatusCode::from_u16(answer(call)).expect("a status").into_response()).await
    }

    /// Answers each call in any way.
    pub async fn answering(answer: impl Fn(&Received) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (tell, calls) = mpsc::unbounded_channel();
        let answer = Arc::new(answer);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (tell, answer) = (tell.clone(), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let bytes = to_bytes(body, 1 << 20).await.expect("a body");
                let text = String::from_utf8(bytes.to_vec()).expect("text");
                let received = Received { path: parts.uri.to_string(), headers: parts.headers, text };
                let response = answer(&received);
                let _ = tell.send(received);
                response
            }
        });
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serves");
        });
        Self { address: format!("http://127.0.0.1:{port}"), port, calls: Mutex::new(calls), serving }
    }

    /// The next call.
    pub async fn next(&self) -> Received {
        let mut calls = self.calls.lock().await;
        tokio::time::timeout(PATIENCE, calls.recv()).await.expect("a call").expect("the receiver runs")
    }

    /// The calls that have arrived and were not asked for yet.
    pub async fn arrived(&self) -> Vec<Received> {
        let mut calls = self.calls.lock().await;
        std::iter::from_fn(|| calls.try_recv().ok()).collect()
    }
}
