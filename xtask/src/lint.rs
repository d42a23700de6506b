//! Static checks: formatting, clippy, the scripts' types, licences, banned crates and foreign sources.

use anyhow::{Context as _, Result};

use crate::command::{self, cargo, command, step};
use crate::install;

/// Runs all static checks, the quickest first.
pub(crate) fn run() -> Result<()> {
    step("formatting", || command::run(&mut cargo("fmt --all --check")?))?;
    step("clippy", || command::run(&mut cargo("clippy --workspace --all-targets -- -D warnings")?))?;
    step("types of scripts", types)?;
    step("licences, bans, sources", || {
        install::cargo_deny()?;
        command::run(&mut cargo("deny check licenses bans sources")?)
    })
}

/// Checks the types in comments of the walks, which run in Node.js, and of the scripts that browsers load.
fn types() -> Result<()> {
    let modules = install::node_modules()?;
    let e2e = modules.parent().context("e2e")?;
    for project in ["tsconfig.json", "tsconfig.browser.json"] {
        command::run(command(modules.join(".bin/tsc")).arg("--project").arg(e2e.join(project)))?;
    }
    Ok(())
}
