//! Baselines without Gantry: the upper bound of the machine.

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

use crate::report::Rate;
use crate::wrk::ratio;

/// Serves the file's text at every path until killed.
pub async fn axum(listen: SocketAddr, body: &Path) -> anyhow::Result<()> {
    let body: &'static str = std::fs::read_to_string(body).context("the body")?.leak();
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let router = Router::new().route("/", axum::routing::get(answer)).fallback(answer);
    axum::serve(TcpListener::bind(listen).await?, router).await?;
    Ok(())
}

/// Measures hashing with Gantry's default cost. Each thread reuses one block of memory.
pub fn argon2(time: Duration) -> anyhow::Result<Rate> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    let (hashed, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let cores = thread::available_parallelism()?.get();
    let begun = Instant::now();
    thread::scope(|threads| {
        for _ in 0..cores {
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
        thread::park_timeout(time);
        over.store(true, Ordering::Relaxed);
    });
    let hashed = hashed.load(Ordering::Relaxed);
    let each = begun.elapsed().as_secs_f64() * ratio(u64::try_from(cores)?, hashed);
    Ok(Rate {
        what: "d  Argon2id, bare, on all cores".to_owned(),
        per_second: ratio(u64::try_from(cores)?, 1) / each,
        p50_ms: each * 1e3,
        p99_ms: each * 1e3,
        cpu_us: each * 1e6,
    })
}
