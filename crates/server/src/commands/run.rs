//! From the command line to the command.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use gantry_core::clock::Clock;
use gantry_core::migrations;
use gantry_crypto::Random;

use super::say::say;
use super::{demo, doctor, export, import, keys, outbox, quickstart, serve};
use crate::app::{App, open_database};
use crate::cli::{Cli, Command, ConfigCommand, Demo, Flags};
use crate::config::{self, Config, Loaded, Sources};

/// Runs one command to its end.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let flags = cli.flags;
    match cli.command {
        Command::Serve => serve::run(&load(&flags, None)?.config).await,
        Command::Demo(demo) => demo::run(&load(&flags, Some(("demo", Demo::settings())))?.config, &demo).await,
        Command::Quickstart(wanted) => quickstart::run(&load(&flags, None)?.config, &wanted).await,
        Command::Migrate => migrate(&load(&flags, None)?.config).await,
        Command::Keys(wanted) => keys::run(&load(&flags, None)?.config, &wanted).await,
        Command::Import(wanted) => import::run(&load(&flags, None)?.config, &wanted).await,
        Command::Export(wanted) => export::run(&load(&flags, None)?.config, &wanted).await,
        Command::Outbox(wanted) => outbox::run(&load(&flags, None)?.config, &wanted).await,
        Command::Doctor => doctor::run(load(&flags, None)).await,
        Command::Config(ConfigCommand::Show) => {
            say(load(&flags, None)?.to_string().trim_end())?;
            Ok(())
        }
        Command::Config(ConfigCommand::Check) => {
            load(&flags, None)?;
            say("OK")?;
            Ok(())
        }
        Command::Version => {
            say(format_args!("gantry {}", env!("CARGO_PKG_VERSION")))?;
            Ok(())
        }
    }
}

type Fixed = Option<(&'static str, Vec<(&'static str, String)>)>;

fn load(flags: &Flags, command: Fixed) -> anyhow::Result<Loaded> {
    let mut sources = Sources::gather(flags.config.as_deref().map(Path::new)).map_err(|e| anyhow!("{e}"))?;
    sources.command = command;
    sources.flags = flags.settings();
    config::load(&sources).map_err(|problems| anyhow!("the configuration cannot be used:\n{problems}"))
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    let db = open_database(config).await?;
    let applied = db.migrate(migrations::ALL, Clock::system().now_ms()).await.context("cannot migrate")?;
    for name in &applied {
        say(format_args!("applied {name}"))?;
    }
    say("the database is up to date")?;
    db.close().await;
    Ok(())
}

/// The installation, made at the first time.
pub(super) async fn open(config: &Config) -> anyhow::Result<App> {
    App::build(config, Clock::system(), Random::system()).await
}

/// The installation, for commands that have nothing to do without one: in a mistyped folder they make none.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<App> {
    if let Some(path) = missing(config) {
        let path = path.display();
        bail!("there is no installation here: {path} is missing (see --data, --database-url, `gantry quickstart`)");
    }
    open(config).await
}

/// The database file, if the database is one, and is not there.
pub(super) fn missing(config: &Config) -> Option<&Path> {
    database_file(config).filter(|path| !path.exists())
}

/// Where SQLite's database is to be.
pub(super) fn database_file(config: &Config) -> Option<&Path> {
    config.database_url.strip_prefix("sqlite:").map(Path::new)
}
