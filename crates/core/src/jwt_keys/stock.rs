//! RSA keys made ahead, so that nobody waits for one: making one takes up to two seconds.

use std::sync::Arc;

use gantry_crypto::jwt::{RsaPair, generate_rsa};
use tokio::sync::{Mutex, mpsc};

use crate::error::{Error, Result};

/// A few RSA key pairs, made in the background and replaced as they are taken. Cheap to clone.
#[derive(Clone)]
pub struct Stock {
    ready: Arc<Mutex<mpsc::Receiver<RsaPair>>>,
}

impl Stock {
    /// Keeps `ahead` pairs ready (at least one). Making begins at once, on a thread of its own.
    pub fn start(ahead: usize) -> Self {
        let (made, ready) = mpsc::channel(ahead.max(1));
        tokio::spawn(async move {
            // A place is reserved first: the pair that nobody has room for is not made.
            while let Ok(place) = made.reserve().await {
                match tokio::task::spawn_blocking(generate_rsa).await {
                    Ok(Ok(pair)) => place.send(pair),
                    Ok(Err(error)) => tracing::error!(%error, "an RSA key could not be made"),
                    Err(error) => tracing::error!(%error, "the thread that makes RSA keys failed"),
                }
            }
        });
        Self { ready: Arc::new(Mutex::new(ready)) }
    }

    /// A pair that nobody else gets.
    pub async fn take(&self) -> Result<RsaPair> {
        self.ready.lock().await.recv().await.ok_or_else(|| Error::internal("no RSA keys are being made"))
    }
}
