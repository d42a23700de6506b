//! RSA keys generated in advance, since generating one takes up to two seconds.

use std::sync::Arc;

use gantry_crypto::jwt::{RsaPair, generate_rsa};
use tokio::sync::{Mutex, mpsc};

use crate::error::{Error, Result};

/// A few RSA key pairs, generated in the background and replaced as they are taken. Cheap to clone.
#[derive(Clone)]
pub struct Stock {
    ready: Arc<Mutex<mpsc::Receiver<RsaPair>>>,
}

impl Stock {
    /// Keeps `ahead` pairs ready (at least one). Starts generating at once, on a blocking thread.
    pub fn start(ahead: usize) -> Self {
        let (made, ready) = mpsc::channel(ahead.max(1));
        tokio::spawn(async move {
            // Reserves a place first, so that no pair is generated without room for it.
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

    /// Takes a pair; no other caller gets it.
    pub async fn take(&self) -> Result<RsaPair> {
        self.ready.lock().await.recv().await.ok_or_else(|| Error::internal("no RSA keys are being made"))
    }
}
