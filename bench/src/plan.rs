//! Parameters of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// What to measure, and how long.
#[derive(Args)]
pub struct Plan {
    /// The server to measure
    #[arg(long)]
    pub program: PathBuf,
    /// An empty folder on a real disk
    #[arg(long)]
    pub folder: PathBuf,
    /// An empty PostgreSQL database that waits for its disk
    #[arg(long)]
    pub postgres: String,
    /// File for the report as JSON
    #[arg(long)]
    pub out: PathBuf,
    /// Users, each with a live session
    #[arg(long, default_value_t = 100_000)]
    pub users: usize,
    /// Runs of each thing; the median counts
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Length of a run
    #[arg(long, default_value = "5", value_parser = seconds)]
    pub time: Duration,
}

/// Parses seconds from the command line.
pub fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    Ok(Duration::from_secs(text.parse()?))
}
