//! What measurements need: a seeded database, and the bare parts that Gantry is compared with.

mod bare;
mod seed;
mod store;

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
    /// Fill an empty installation with users and live sessions, and print how to use them as KEY=value lines
    Seed {
        /// The installation's data directory
        #[arg(long)]
        data: PathBuf,
        /// sqlite:PATH or postgres://…
        #[arg(long, default_value = "")]
        database_url: String,
        /// How many of each
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
    /// Hash with Argon2id on all cores, nothing else, and print how many per second
    BareArgon2 {
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Seed { data, database_url, users } => seed::run(&data, &database_url, users).await,
        Command::BareAxum { listen, body } => bare::axum(listen, &body).await,
        Command::BareArgon2 { seconds } => bare::argon2(seconds),
    }
}
