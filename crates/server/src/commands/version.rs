//! `gantry version`

use clap::Args;
use serde_json::json;

use super::output::say_json;
use super::say::say;

/// Print the version
#[derive(Debug, Args)]
pub struct Version {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Prints the version.
pub fn run(wanted: &Version) -> anyhow::Result<()> {
    if wanted.json {
        return say_json(&json!({"name": "gantry", "version": env!("CARGO_PKG_VERSION")}));
    }
    say(format_args!("gantry {}", env!("CARGO_PKG_VERSION")))
}
