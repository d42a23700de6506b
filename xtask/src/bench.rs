//! `cargo xtask bench`: compares the release build to bare axum and bare Argon2id, on SQLite and on a PostgreSQL that
//! syncs to disk. Prints a table and writes its data to `bench/results/latest.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::{self, cargo, command, root, step, target};
use crate::install;
use crate::postgres::{Cluster, Durability};

/// Runs the benchmark. `words` are flags of `gantry-bench run`, such as `--rounds 1`; after `--scale`, of
/// `gantry-bench scale`; after `--deliveries`, of `gantry-bench deliveries`.
pub(crate) fn run(words: &[String]) -> Result<()> {
    build()?;
    let cluster = Cluster::start(Durability::Synced)?;
    let folder = Folder::create()?;
    let release = target()?.join("release");
    let mut bench = command(release.join("gantry-bench"));
    if let Some(rest) = words.strip_prefix(&["--scale".to_owned()]) {
        let databases = [cluster.create("smaller")?, cluster.create("bigger")?];
        bench.arg("scale").arg("--program").arg(release.join("gantry")).arg("--folder").arg(&folder.0);
        bench.arg("--postgres").args(databases).arg("--out").arg(root().join("bench/results/scale.json")).args(rest);
        return step("measurements", || command::run(&mut bench));
    }
    if let Some(rest) = words.strip_prefix(&["--deliveries".to_owned()]) {
        let databases = [cluster.create("well")?, cluster.create("failing")?, cluster.create("logins")?];
        bench.arg("deliveries").arg("--program").arg(release.join("gantry")).arg("--folder").arg(&folder.0);
        bench
            .arg("--postgres")
            .args(databases)
            .arg("--out")
            .arg(root().join("bench/results/deliveries.json"))
            .args(rest);
        return step("measurements", || command::run(&mut bench));
    }
    bench.arg("run").arg("--program").arg(release.join("gantry")).arg("--folder").arg(&folder.0);
    bench.args(["--postgres", &cluster.url("postgres")]);
    bench.arg("--out").arg(root().join("bench/results/latest.json")).args(words);
    step("measurements", || command::run(&mut bench))
}

/// Builds the server and `gantry-bench`, and installs the load generator.
pub(crate) fn build() -> Result<()> {
    install::program("wrk", "wrk")?;
    step("build", || {
        // The server is built alone, as users build it: the bench would enable further features of shared crates.
        command::run(&mut cargo("build --release --package gantry")?)?;
        command::run(&mut cargo("build --release --package gantry-bench")?)
    })
}

/// A folder on a real disk, removed on drop. The system's temporary folder may be in memory.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn create() -> Result<Self> {
        let path = Path::new("/var/tmp").join(format!("gantry-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}
