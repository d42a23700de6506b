//! A server in a separate process, so that its processor time and memory are not mixed with the load generator's.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const START_LIMIT: Duration = Duration::from_secs(30);
/// Polling interval while a server starts; the precision of its start time.
const LOOK: Duration = Duration::from_millis(1);

/// A running server, which is killed when the value is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Time from the process's start to the first response.
    pub ready_after: Duration,
}

impl Server {
    /// Starts the program with `args` and `--listen`, and waits until `/readyz` responds.
    pub async fn start(program: &Path, args: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(program, args, &[]).await
    }

    /// Like [`Server::start`], with further environment variables, which override the benchmark's own.
    pub async fn start_with(program: &Path, args: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(program);
        command.args(args).arg("--listen").arg(address.to_string());
        command
            .env("GANTRY_LOG_LEVEL", "warn")
            .env("GANTRY_RATES_CALLS_PER_MINUTE", "10000000")
            // Logins that are cut off at the end of a load count as attempts.
            .env("GANTRY_TRIES_PER_ADDRESS", "10000000")
            // Guesses are sent from many client addresses.
            .env("GANTRY_TRUSTED_PROXIES", "127.0.0.0/8")
            // Network of the receivers; and refused deliveries are retried within the measurement.
            .env("GANTRY_DELIVERY_ALLOWED_NETWORKS", "127.0.0.0/8")
            .env("GANTRY_DELIVERY_FIRST_RETRY_MS", "100")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let begun = Instant::now();
        let mut child = command.spawn().with_context(|| program.display().to_string())?;
        let mut look = tokio::time::interval(LOOK);
        while !answers(address).await {
            if let Some(status) = child.try_wait()? {
                bail!("{} ended at its start: {status}", program.display());
            }
            if begun.elapsed() > START_LIMIT {
                bail!("{} does not answer at {address}", program.display());
            }
            look.tick().await;
        }
        Ok(Self { child, address, ready_after: begun.elapsed() })
    }

    /// Kills the server, so that its files are released.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot end the server")
    }

    /// Returns the resident memory, in MiB.
    pub fn rss_mib(&self) -> anyhow::Result<f64> {
        self.memory("VmRSS:")
    }

    /// Returns the peak resident memory, in MiB.
    pub fn peak_mib(&self) -> anyhow::Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> anyhow::Result<f64> {
        let status = fs::read_to_string(self.proc("status")?)?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("a line of /proc/…/status")?;
        let kib: u32 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Returns the user and system time of all threads so far, in microseconds, as precise as the scheduler's clock.
    pub fn cpu_us(&self) -> anyhow::Result<u64> {
        let mut total_ns = 0;
        for task in fs::read_dir(self.proc("task")?)? {
            let spent = fs::read_to_string(task?.path().join("schedstat"))?;
            total_ns += spent.split(' ').next().context("a number in schedstat")?.parse::<u64>()?;
        }
        Ok(total_ns / 1000)
    }

    fn proc(&self, name: &str) -> anyhow::Result<String> {
        Ok(format!("/proc/{}/{name}", self.child.id().context("the server has ended")?))
    }
}

async fn answers(address: SocketAddr) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream
            .write_all(format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        anyhow::Ok(answer)
    };
    asked.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
