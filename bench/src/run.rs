//! All measurements, one after the other.

use crate::plan::Plan;
use crate::report::{Machine, Report};
use crate::site::Site;
use crate::{footprint, guesses, hosted, logins, sessions};

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
