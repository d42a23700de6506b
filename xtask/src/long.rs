//! `cargo xtask long`: checks that take too long for every run, on the release build.

use anyhow::{Result, bail};

use crate::bench::Folder;
use crate::command::{self, cargo, command, step, target};
use crate::install;
use crate::postgres::{Cluster, Durability};

/// Names of the checks.
pub(crate) const CHECKS: &str = "address-flood";

/// Runs one check; the words after its name are flags of `gantry-bench`.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let Some((check, flags)) = words.split_first() else { bail!("which one? {CHECKS}") };
    if check != CHECKS {
        bail!("unknown check {check}; known: {CHECKS}");
    }
    install::program("wrk", "wrk")?;
    step("build", || {
        command::run(&mut cargo("build --release --package gantry")?)?;
        command::run(&mut cargo("build --release --package gantry-bench")?)
    })?;
    let cluster = Cluster::start(Durability::None)?;
    let folder = Folder::create()?;
    let release = target()?.join("release");
    let mut program = command(release.join("gantry-bench"));
    program.arg(check).arg("--program").arg(release.join("gantry")).arg("--folder").arg(&folder.0);
    program.args(["--postgres", &cluster.url("postgres")]).args(flags);
    step(check, || command::run(&mut program))
}
