//! `gantry config`: the settings in force.

use clap::{Args, Subcommand};

use super::output::say_json;
use super::say::say;
use crate::config::Loaded;
use crate::flags::Flags;

/// Show or check the settings
#[derive(Debug, Args)]
pub struct ConfigCommand {
    /// Settings.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do with them.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// What to do with the settings.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Print every setting, its value and where the value comes from
    Show {
        /// Print a JSON array of the settings
        #[arg(long)]
        json: bool,
    },
    /// Print OK, or everything that is wrong with the settings
    Check,
}

/// Runs `gantry config`.
pub fn run(loaded: &Loaded, wanted: &ConfigCommand) -> anyhow::Result<()> {
    match wanted.action {
        ConfigAction::Show { json: true } => say_json(&loaded.rows()),
        ConfigAction::Show { json: false } => say(loaded.to_string().trim_end()),
        ConfigAction::Check => say("OK"),
    }
}
