//! `cargo xtask long`: checks that take too long for every run, on the release build.

use anyhow::{Result, bail};

use crate::bench::{self, Folder};
use crate::command::{self, command, step, target};
use crate::postgres::{Cluster, Durability};

/// Names of the checks.
pub(crate) const CHECKS: &str = "address-flood";

/// Runs one check; the words after its name are flags of `gantry-bench`.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let Some((check, flags)) = words.split_first() else { bail!("which one? {CHECKS}") };
    if check != CHECKS {
        bail!("unknown check {check}; known: {CHECKS}");
    }
    bench::build()?;
    let cluster = Cluster::start(Durability::None)?;
    let folder = Folder::create()?;
    let release = target()?.join("release");
    let mut program = command(release.join("gantry-bench"));
    program.arg(check).arg("--program").arg(release.join("gantry")).arg("--folder").arg(&folder.0);
    program.args(["--postgres", &cluster.url("postgres")]).args(flags);
    step(check, || command::run(&mut program))
}
