//! Checks that run no code of ours: formatting, clippy, licences, banned crates and foreign sources.

use anyhow::Result;

use crate::command::{self, cargo, step};
use crate::install;

/// All of them, the quickest first.
pub(crate) fn run() -> Result<()> {
    step("formatting", || command::run(&mut cargo("fmt --all --check")?))?;
    step("clippy", || command::run(&mut cargo("clippy --workspace --all-targets -- -D warnings")?))?;
    step("licences, bans, sources", || {
        install::cargo_deny()?;
        command::run(&mut cargo("deny check licenses bans sources")?)
    })
}
