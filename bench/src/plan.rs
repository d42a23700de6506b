//! What to measure, and how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::report::{Machine, Report};
use crate::site::Site;
use crate::{footprint, guesses, hosted, logins, sessions};

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

/// A command line's seconds.
pub fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    Ok(Duration::from_secs(text.parse()?))
}

impl Plan {
    /// Measures everything; the report is printed and saved.
    pub async fn run(&self) -> anyhow::Result<()> {
        let machine = Machine {
            cores: std::thread::available_parallelism()?.get(),
            users: self.users,
            rounds: self.rounds,
            seconds_per_run: self.time.as_secs(),
        };
        let mut report = Report { machine, ..Report::default() };
        let mut sites = Vec::new();
        for (engine, folder) in [("SQLite", "sqlite"), ("PostgreSQL", "postgres")] {
            let site = self.site(engine, folder).await?;
            // Before the next is filled: PostgreSQL goes on working on its tables for a while, and on the disk.
            sites.push(footprint::started(site, &mut report).await?);
        }
        sessions::compare(self, &sites, &mut report).await?;
        logins::compare(self, &sites, &mut report).await?;
        hosted::pages(self, &sites, &mut report).await?;
        hosted::logins(self, &sites, &mut report).await?;
        logins::flood(self, &sites, &mut report).await?;
        guesses::compare(&sites, &mut report).await?;
        for site in &sites {
            sessions::revoke(site, &mut report).await?;
        }
        footprint::loaded(&sites, &mut report)?;
        footprint::binary(self, &mut report)?;
        report.print();
        report.save(&self.out)
    }

    async fn site(&self, engine: &'static str, folder: &str) -> anyhow::Result<Site> {
        let data = self.folder.join(folder);
        std::fs::create_dir(&data)?;
        let url = match folder {
            "sqlite" => format!("sqlite:{}", data.join("gantry.db").display()),
            _ => self.postgres.clone(),
        };
        Site::make(engine, &self.program, data, &url, self.users).await
    }
}
