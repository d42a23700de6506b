//! A server as a process of its own, so that its time and memory can be told from the load's.

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
/// Between two looks at a server that starts: the exactness of its start time.
const LOOK: Duration = Duration::from_millis(1);

/// A running server, ended with the value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the process's start to the first answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts the program, which gets `--listen` besides `args`, and waits until `/readyz` is answered.
    pub async fn start(program: &Path, args: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(program, args, &[]).await
    }

    /// Starts it with other settings than the usual ones.
    pub async fn start_with(program: &Path, args: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(program);
        command.args(args).arg("--listen").arg(address.to_string());
        command
            .env("GANTRY_LOG_LEVEL", "warn")
            .env("GANTRY_RATES_CALLS_PER_MINUTE", "10000000")
            // Logins that a load's end cuts off count as tries.
            .env("GANTRY_TRIES_PER_ADDRESS", "10000000")
            // Who guesses comes from many addresses.
            .env("GANTRY_TRUSTED_PROXIES", "127.0.0.0/8")
            // Where the receivers are; and refused deliveries come again while the measurement lasts.
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

    /// Ends it, so that its files are free.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot end the server")
    }

    /// Memory in use now, in MiB.
    pub fn rss_mib(&self) -> anyhow::Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most memory that was ever in use, in MiB.
    pub fn peak_mib(&self) -> anyhow::Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> anyhow::Result<f64> {
        let status = fs::read_to_string(self.proc("status")?)?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("a line of /proc/…/status")?;
        let kib: u32 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Processor time so far, in microseconds: user and system, of all threads, as exact as the scheduler's clock.
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
