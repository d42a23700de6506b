//! `cargo xtask test`: every check that CI requires, the cheapest first.
//!
//! Rust tests find the database in `GANTRY_TEST_POSTGRES` (a superuser's URL), its certificate authority in
//! `GANTRY_TEST_POSTGRES_CA`, one that did not sign it in `GANTRY_TEST_POSTGRES_OTHER_CA`, the built server in
//! `GANTRY_BIN`, and npm's packages, from which they start a mail server, in `GANTRY_NODE_MODULES`. Browser walks get
//! `GANTRY_BIN`, `GANTRY_CHROMIUM` and, for screenshots, `GANTRY_ARTIFACTS`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{self, cargo, command, root, step, target};
use crate::postgres::{Cluster, Durability};
use crate::{fuzz, install, lint};

/// Arguments of `cargo xtask test`.
pub(crate) struct Options {
    /// The cluster syncs to disk, as in production, and the API is fuzzed.
    full: bool,
    /// Runs only the Rust tests with one of these words in their name; empty means every check.
    filter: Vec<String>,
}

impl Options {
    /// Parses the words after `test`.
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let (flags, filter): (Vec<String>, Vec<String>) = words.iter().cloned().partition(|w| w.starts_with('-'));
        if let Some(flag) = flags.iter().find(|flag| *flag != "--full") {
            bail!("unknown flag {flag}; known: --full");
        }
        Ok(Self { full: !flags.is_empty(), filter })
    }
}

/// Runs the checks. Stops at the first failure, and always ends the cluster.
pub(crate) fn run(options: &Options) -> Result<()> {
    let everything = options.filter.is_empty();
    if everything {
        lint::run()?;
    }
    let cluster = start_cluster(options)?;
    // With every target at once, cargo resolves features as `cargo test` does and builds nothing twice.
    step("build", || command::run(&mut cargo("build --workspace --all-targets")?))?;
    step("tests", || {
        let mut tests = cargo("test --workspace --")?;
        tests.args(&options.filter);
        command::run(with_environment(&mut tests, &cluster)?)
    })?;
    if everything {
        step("browser walks", || walks(&cluster))?;
        if options.full {
            step("fuzzing", || fuzz::run(&cluster))?;
        }
        println!("\nAll checks passed.");
    }
    Ok(())
}

/// Runs one command in the environment of the tests, for developers who want to run only some of them.
pub(crate) fn with_cluster(words: &[String]) -> Result<()> {
    let cluster = Cluster::start(Durability::None)?;
    let (program, rest) = words.split_first().context("no command")?;
    command::run(with_environment(command(program).args(rest), &cluster)?)
}

fn start_cluster(options: &Options) -> Result<Cluster> {
    let mut cluster = None;
    step("PostgreSQL", || {
        let durability = if options.full { Durability::Synced } else { Durability::None };
        cluster = Some(Cluster::start(durability)?);
        Ok(())
    })?;
    cluster.context("no cluster")
}

fn walks(cluster: &Cluster) -> Result<()> {
    let chromium = install::chromium()?;
    install::languages()?;
    let artifacts = target()?.join("e2e");
    fs::create_dir_all(&artifacts)?;
    let mut node = command("node");
    // Each file starts its own server and browser, which wait for each other half of the time.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]).args(walk_files()?);
    node.env("GANTRY_PYTHON", install::python_with_jwt()?);
    node.env("GANTRY_CHROMIUM", chromium).env("GANTRY_ARTIFACTS", artifacts);
    command::run(with_environment(&mut node, cluster)?)
}

fn walk_files() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root().join("e2e")).context("e2e/")?.collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    ensure!(!files.is_empty(), "no browser walk (*.test.mjs) in e2e/");
    Ok(files)
}

fn with_environment<'c>(command: &'c mut Command, cluster: &Cluster) -> Result<&'c mut Command> {
    command.env("GANTRY_BIN", target()?.join("debug/gantry"));
    command.env("GANTRY_NODE_MODULES", install::node_modules()?);
    command.env("GANTRY_TEST_POSTGRES", cluster.url("postgres"));
    command.env("GANTRY_TEST_POSTGRES_CA", cluster.ca());
    command.env("GANTRY_TEST_POSTGRES_OTHER_CA", cluster.other_ca());
    Ok(command)
}
