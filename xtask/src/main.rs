//! The project's automation: `cargo xtask <command>`.
//!
//! ```text
//! cargo xtask test [--full] [FILTER…]   every check of the project, on a PostgreSQL cluster of its own
//! cargo xtask postgres COMMAND…          any command with such a cluster in its environment
//! cargo xtask bench [FLAG…]             Gantry compared to the bare components it is made of
//! cargo xtask long CHECK [FLAG…]        checks that take too long for every run
//! cargo xtask lint                      formatting, clippy, scripts' types, licences and banned crates
//! ```
//!
//! Needs Rust and a Debian-like system; other missing dependencies are installed from apt, crates.io and npm. A check
//! that cannot run fails; it is never skipped. Every command is printed before it runs; processes that were started
//! here are ended here, by their id.

mod bench;
mod command;
mod fuzz;
mod install;
mod lint;
mod long;
mod postgres;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask test [--full] [FILTER…]
       cargo xtask postgres COMMAND…
       cargo xtask bench [FLAG…]
       cargo xtask long CHECK [FLAG…]
       cargo xtask lint";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Result<()> {
    let Some((name, rest)) = words.split_first() else { bail!("{USAGE}") };
    match name.as_str() {
        "test" => test::run(&test::Options::parse(rest)?),
        "postgres" if !rest.is_empty() => test::with_cluster(rest),
        "bench" => bench::run(rest),
        "long" => long::run(rest),
        "lint" if rest.is_empty() => lint::run(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}
