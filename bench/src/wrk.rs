//! Load from wrk, which shares the cores with the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::process::Command;

/// One run of wrk.
pub struct Wrk<'a> {
    /// File name of a script in `bench/scripts`.
    pub script: &'a str,
    pub address: SocketAddr,
    pub connections: u32,
    pub time: Duration,
    /// Delay between two requests of one connection.
    pub delay_ms: u64,
    /// Environment variables for the script.
    pub environment: &'a [(&'static str, String)],
}

/// Results of one run of wrk.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Load {
    pub requests: u64,
    duration_us: u64,
    p50_us: u64,
    p99_us: u64,
    /// Responses with a status of 400 and above.
    pub refused: u64,
    /// Failed connections, and requests without a response.
    pub broken: u64,
}

impl Load {
    /// Returns the rate of responses.
    pub fn per_second(&self) -> f64 {
        ratio(self.requests, self.duration_us) * 1e6
    }

    /// Returns the rate of responses with a status below 400.
    pub fn good_per_second(&self) -> f64 {
        ratio(self.requests - self.refused, self.duration_us) * 1e6
    }

    pub fn p50_ms(&self) -> f64 {
        ratio(self.p50_us, 1000)
    }

    pub fn p99_ms(&self) -> f64 {
        ratio(self.p99_us, 1000)
    }
}

impl Wrk<'_> {
    /// Runs wrk to the end. Fails if a connection broke.
    pub async fn run(&self) -> anyhow::Result<Load> {
        Ok(self.output().await?.1)
    }

    /// Like [`Wrk::run`], and also returns the output of the script.
    pub async fn output(&self) -> anyhow::Result<(String, Load)> {
        let connections = format!("-c{}", self.connections);
        let time = format!("-d{}s", self.time.as_secs());
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &connections, &time, "--timeout", "30s", "-s"]).arg(scripts().join(self.script));
        wrk.arg(format!("http://{}", self.address));
        wrk.env("REPORT", scripts().join("report.lua")).env("DELAY_MS", self.delay_ms.to_string());
        wrk.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = wrk.kill_on_drop(true).output().await.context("wrk")?;
        let told = String::from_utf8_lossy(&output.stdout);
        let last = told.lines().rev().find(|line| line.starts_with('{'));
        let last = last.with_context(|| format!("wrk said {told}{}", String::from_utf8_lossy(&output.stderr)))?;
        let load: Load = serde_json::from_str(last)?;
        ensure!(load.broken == 0 && load.requests > 0, "{}: {load:?}", self.script);
        Ok((told.into_owned(), load))
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// Returns one count divided by another.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn ratio(count: u64, of: u64) -> f64 {
    count as f64 / of.max(1) as f64
}
