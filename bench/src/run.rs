//! Runs all measurements in sequence.

use crate::plan::Plan;
use crate::report::{Machine, Report};
use crate::site::Site;
use crate::{footprint, guesses, hosted, logins, sessions};

impl Plan {
    /// Runs all measurements; prints and saves the report.
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
            // Measured before the next database is filled, since PostgreSQL then works on its tables and the disk for
            // a while.
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
