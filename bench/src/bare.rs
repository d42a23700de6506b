//! The parts without Gantry: what the machine could do at best.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use axum::Router;
use axum::http::header;
use tokio::net::TcpListener;

/// Serves the file's text at every path, until killed.
pub async fn axum(listen: SocketAddr, body: &Path) -> anyhow::Result<()> {
    let body: &'static str = std::fs::read_to_string(body).context("the body")?.leak();
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let router = Router::new().route("/", axum::routing::get(answer)).fallback(answer);
    axum::serve(TcpListener::bind(listen).await?, router).await?;
    Ok(())
}

/// Hashes with Gantry's default cost, each thread in one block of memory that it keeps.
pub fn argon2(seconds: u64) -> anyhow::Result<()> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    let (hashed, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let begun = Instant::now();
    thread::scope(|threads| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
                let mut memory = vec![Block::default(); argon2.params().block_count()];
                let mut out = [0; 32];
                while !over.load(Ordering::Relaxed) {
                    let done =
                        argon2.hash_password_into_with_memory(b"password", b"saltsaltsaltsalt", &mut out, &mut memory);
                    hashed.fetch_add(u64::from(done.is_ok()), Ordering::Relaxed);
                }
            });
        }
        thread::park_timeout(Duration::from_secs(seconds));
        over.store(true, Ordering::Relaxed);
    });
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = hashed.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    println!("HASHES_PER_SECOND={rate:.1}");
    Ok(())
}
