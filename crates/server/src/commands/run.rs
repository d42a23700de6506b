//! Dispatches from the parsed command line to the command.

use anyhow::anyhow;

use super::demo::Demo;
use super::{config, demo, doctor, export, import, keys, migrate, outbox, quickstart, serve, sessions, users, version};
use crate::cli::{Cli, Command};
use crate::config::{Loaded, Sources, load};
use crate::flags::Flags;

/// Runs one command to its end.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let flags = cli.command.flags().or(cli.flags);
    match cli.command {
        Command::Serve(_) => serve::run(&settings(&flags, None)?.config).await,
        Command::Demo(wanted) => demo::run(&settings(&flags, Some(("demo", Demo::settings())))?.config, &wanted).await,
        Command::Quickstart(wanted) => quickstart::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Migrate(_) => migrate::run(&settings(&flags, None)?.config).await,
        Command::Keys(wanted) => keys::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Users(wanted) => users::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Sessions(wanted) => sessions::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Import(wanted) => import::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Export(wanted) => export::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Outbox(wanted) => outbox::run(&settings(&flags, None)?.config, &wanted).await,
        Command::Doctor(wanted) => doctor::run(settings(&flags, None), &wanted).await,
        Command::Config(wanted) => config::run(&settings(&flags, None)?, &wanted),
        Command::Version(wanted) => version::run(&wanted),
    }
}

type Fixed = Option<(&'static str, Vec<(&'static str, String)>)>;

fn settings(flags: &Flags, command: Fixed) -> anyhow::Result<Loaded> {
    let mut sources = Sources::gather(flags.database.config.as_deref()).map_err(|e| anyhow!("{e}"))?;
    sources.command = command;
    sources.flags = flags.settings();
    load(&sources).map_err(|problems| anyhow!("the configuration cannot be used:\n{problems}"))
}
