//! `gantry version`

use clap::Args;

use super::say::say;

/// Print the version
#[derive(Debug, Args)]
pub struct Version {}

/// Prints it.
pub fn run(_: &Version) -> anyhow::Result<()> {
    say(format_args!("gantry {}", env!("CARGO_PKG_VERSION")))
}
