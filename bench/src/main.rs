//! Benchmarks: Gantry compared to the bare components that it is made of, in one run on one machine.

mod address_flood;
mod bare;
mod crowd;
mod deliveries;
mod footprint;
mod guesses;
mod hosted;
mod logins;
mod plan;
mod receiver;
mod report;
mod run;
mod scale;
mod seed;
mod server;
mod sessions;
mod site;
mod store;
mod wrk;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure everything, print a table and write it as JSON
    Run(plan::Plan),
    /// Compare ten thousand users in a realm with a million
    Scale(scale::Scale),
    /// Deliver webhooks
    Deliveries(deliveries::Deliveries),
    /// Guess beyond the limit during a flood from very many networks
    AddressFlood(address_flood::AddressFlood),
    /// Fill an empty installation, and print how to use it as NAME=value lines
    Seed {
        /// The installation's folder
        #[arg(long)]
        data: PathBuf,
        /// sqlite:PATH or postgres://…
        #[arg(long)]
        database_url: String,
        /// Users, each with a live session
        #[arg(long, default_value_t = 100_000)]
        users: usize,
    },
    /// Answer every request with the JSON of a file, by axum alone
    BareAxum {
        #[arg(long)]
        listen: SocketAddr,
        /// The file
        #[arg(long)]
        body: PathBuf,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    gantry::app::install_crypto();
    match Cli::parse().command {
        Command::Run(plan) => plan.run().await,
        Command::Scale(scale) => scale.run().await,
        Command::Deliveries(deliveries) => deliveries.run().await,
        Command::AddressFlood(flood) => flood.run().await,
        Command::Seed { data, database_url, users } => {
            let seeded = seed::fill(&data, &database_url, users).await?;
            seeded.environment().iter().for_each(|(name, value)| println!("{name}={value}"));
            Ok(())
        }
        Command::BareAxum { listen, body } => bare::axum(listen, &body).await,
    }
}
