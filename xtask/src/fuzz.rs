//! Schema-driven fuzzing, part of `cargo xtask test --full`: schemathesis reads the OpenAPI document from a running
//! server and calls every route with valid and invalid data, on both engines. No response may be a 5xx, have an
//! undocumented status or body, or leave the server down.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{self, bound_to_us, command, output, pause, step, target};
use crate::install;
use crate::postgres::Cluster;

const START_LIMIT: Duration = Duration::from_secs(30);
/// Checks on each response. Acceptance of all valid data is not checked: a name may be in use, a realm inactive.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method";
/// Number of examples per call and phase; takes some minutes in total.
const EXAMPLES: &str = "40";
/// Fixed seed, so that each run makes the same calls.
const SEED: &str = "20260101";

/// Fuzzes a server on SQLite and one on PostgreSQL.
pub(crate) fn run(cluster: &Cluster) -> Result<()> {
    let schemathesis = install::schemathesis()?;
    let folder = target()?.join("fuzz");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("the last run's folder")?;
    }
    let database = cluster.create("fuzzed")?;
    for (engine, url) in [("SQLite", String::new()), ("PostgreSQL", database)] {
        let data = folder.join(engine);
        step(engine, || fuzz(&schemathesis, &data, &url))?;
    }
    Ok(())
}

fn fuzz(schemathesis: &Path, data: &Path, url: &str) -> Result<()> {
    let server = Server::start(data, url)?;
    let mut fuzzer = command(schemathesis);
    fuzzer.current_dir(data); // It leaves a cache where it runs.
    fuzzer.arg("run").arg(format!("{}/docs/openapi.json", server.address));
    fuzzer.args(["--header", &format!("X-Authrocket-Api-Key: {}", server.key)]);
    fuzzer.args(["--header", &format!("X-Authrocket-Realm: {}", server.realm)]);
    fuzzer.args(["--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", SEED, "--workers", "2", "--no-color"]);
    fuzzer.args([
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--suppress-health-check",
        "all",
        "--generation-database",
        "none",
    ]);
    command::run(&mut fuzzer)?;
    ensure!(ready(&server.address), "the server no longer answers");
    Ok(())
}

/// A Gantry server with one account. It is stopped when the value is dropped.
struct Server {
    child: Child,
    address: String,
    key: String,
    realm: String,
}

impl Server {
    fn start(data: &Path, url: &str) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let program = target()?.join("debug/gantry");
        let settings = [
            ("GANTRY_DATA", data.display().to_string()),
            ("GANTRY_DATABASE_URL", url.to_owned()),
            ("GANTRY_LISTEN", format!("127.0.0.1:{port}")),
            ("GANTRY_PASSWORD_MEMORY_KIB", "64".to_owned()),
            ("GANTRY_RATES_CALLS_PER_MINUTE", "0".to_owned()),
            ("GANTRY_LOG_LEVEL", "error".to_owned()),
        ];
        let mut quickstart = command(&program);
        quickstart.args(["quickstart", "--app-url", "http://localhost:3000", "--email", "owner@example.com"]);
        let printed = output(quickstart.envs(settings.clone()))?;
        let value = |name: &str| {
            let line = printed.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
            line.map(str::to_owned).with_context(|| format!("quickstart prints no {name}"))
        };
        let realm = value("AUTHROCKET_REALM")?;
        let mut keys = command(&program);
        keys.args(["keys", "create", "--name", "fuzzing", "--access", "admin_account"]);
        let key = output(keys.envs(settings.clone()))?.trim().to_owned();
        let mut serve = bound_to_us("KILL", &program);
        let child = serve.arg("serve").envs(settings).stdin(Stdio::null()).spawn().context("cannot start gantry")?;
        let mut server = Self { child, address: format!("http://127.0.0.1:{port}"), key, realm };
        let begun = Instant::now();
        while !ready(&server.address) {
            if let Some(status) = server.child.try_wait()? {
                bail!("gantry ended at its start: {status}");
            }
            ensure!(begun.elapsed() < START_LIMIT, "gantry does not answer");
            pause(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = stopped {
            eprintln!("gantry (process {}) did not stop: {error}", self.child.id());
        }
    }
}

fn ready(address: &str) -> bool {
    command::succeeds(command("curl").args(["--silent", "--fail", "--max-time", "5", &format!("{address}/readyz")]))
}
