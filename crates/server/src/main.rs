//! `gantry`: reads the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;
use gantry::cli::Cli;
use gantry::commands::{self, Unread, printable};

/// Responses consist of many small strings that are often allocated on one thread and freed on another, which mimalloc
/// handles well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    gantry::app::install_crypto();
    let ran = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(commands::run(cli)));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Unread>() => ExitCode::SUCCESS,
        Err(error) => {
            // An error may quote the content of a file.
            let text = format!("{error:#}");
            let lines: Vec<_> = text.lines().map(printable).collect();
            eprintln!("gantry: {}", lines.join("\n"));
            ExitCode::FAILURE
        }
    }
}
