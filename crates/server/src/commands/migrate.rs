//! `gantry migrate`

use anyhow::Context as _;
use clap::Args;
use gantry_core::clock::Clock;
use gantry_core::migrations;

use super::say::say;
use crate::app::open_database;
use crate::config::Config;
use crate::flags::DatabaseFlags;

/// Bring the database up to date; `gantry serve` does this too, at its start
#[derive(Debug, Args)]
pub struct Migrate {
    /// Settings.
    #[command(flatten)]
    pub flags: DatabaseFlags,
}

/// Applies pending migrations and prints their names.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let db = open_database(config).await?;
    let applied = db.migrate(migrations::ALL, Clock::system().now_ms()).await.context("cannot migrate")?;
    for name in &applied {
        say(format_args!("applied {name}"))?;
    }
    say("the database is up to date")?;
    db.close().await;
    Ok(())
}
