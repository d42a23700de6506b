//! A server whose hashing pool can be shut for some seconds: whatever is then answered with 503 needed a hash, and
//! whatever is answered otherwise did not.

use std::future::poll_fn;
use std::task::Poll;

use gantry_crypto::password::Password;

use crate::loginrocket::visit::PASSWORD;
use crate::support::{Engine, TestServer};

/// With one worker, room for one to wait, and hashes far slower than the requests that find them at work.
pub async fn server(engine: Engine) -> TestServer {
    let small = [("password.workers", "1"), ("password.queue", "1")];
    let slow = [("password.passes", "8"), ("password.memory_kib", "262144")];
    TestServer::with(engine, &[small, slow].concat()).await
}

/// Shuts the pool: one hash at work, one waiting.
pub async fn fill(server: &TestServer) {
    let passwords = &server.app.core.passwords;
    for waiting in 0..2 {
        let pool = passwords.clone();
        let mut hash = Box::pin(async move { pool.hash(Password::new(PASSWORD).expect("a password")).await.is_ok() });
        // The first poll puts it into the queue; the pool is at it while somebody waits.
        let queued = poll_fn(|context| Poll::Ready(hash.as_mut().poll(context).is_pending())).await;
        assert!(queued, "there was room");
        tokio::spawn(hash);
        while passwords.queued() != waiting {
            tokio::task::yield_now().await;
        }
    }
}
