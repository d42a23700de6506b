//! Check 20: what was acknowledged survives `kill -9`. The real binary is loaded with writes, killed in the middle,
//! and started again on the same database: every acknowledged user is there, and a session that was ended stays so.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::support::{Engine, fresh_database};

const WRITERS: usize = 8;
const ENOUGH: usize = 150;

/// Where the binary, its data and its database are, and how to speak to it.
struct Installation {
    data: PathBuf,
    database: String,
    port: u16,
    client: reqwest::Client,
    key: String,
    realm: String,
}

/// A running server; killed with the value.
struct Running(Child);

impl Running {
    /// Ends it as a power cut would: no signal handler runs.
    fn kill(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("it is gone");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "how the test runner tells where the binary is")]
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("GANTRY_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("this test's own path");
    test.parent().and_then(Path::parent).expect("target/debug/deps").join("gantry")
}

fn command(data: &Path, database: &str, port: u16) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().current_dir(data).stdin(Stdio::null());
    command.env("GANTRY_PASSWORD_MEMORY_KIB", "64").env("GANTRY_PASSWORD_PASSES", "1");
    command.env("GANTRY_DATABASE_URL", database);
    command.arg("--data").arg(data).arg("--listen").arg(format!("127.0.0.1:{port}"));
    command
}

impl Installation {
    /// An account, a realm and a key, made by `gantry quickstart`.
    async fn make(engine: Engine, data: &Path) -> Self {
        gantry::app::install_crypto();
        let database = fresh_database(engine, data).await;
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut quickstart = command(data, &database, port);
        quickstart.args(["quickstart", "--app-url", "https://app.example.com/", "--email", "owner@example.com"]);
        let output = quickstart.output().expect("the binary runs; `cargo build -p gantry` makes it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout).expect("text");
        let value = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name} in {told}")).to_owned()
        };
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (key, realm) = (value("AUTHROCKET_API_KEY"), value("AUTHROCKET_REALM"));
        Self { data: data.to_owned(), database, port, client, key, realm }
    }

    /// Starts the server and returns once it says that it serves.
    async fn serve(&self) -> Running {
        let mut serve = command(&self.data, &self.database, self.port);
        let mut child = serve.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let (ready, wait) = tokio::sync::oneshot::channel();
        // Reads on to the end, so that the server never waits for its log to be read.
        std::thread::spawn(move || {
            let (mut ready, mut seen) = (Some(ready), String::new());
            for line in log.lines().map_while(Result::ok) {
                if line.contains("serving")
                    && let Some(ready) = ready.take()
                {
                    let _ = ready.send(Ok(()));
                }
                seen.push_str(&line);
                seen.push('\n');
            }
            if let Some(ready) = ready {
                let _ = ready.send(Err(seen));
            }
        });
        let running = Running(child);
        wait.await.expect("the log is read").unwrap_or_else(|log| panic!("it ended before it served:\n{log}"));
        running
    }

    /// The answer, or an error where the server went away.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<(u16, String)> {
        let mut request = self.client.request(method, format!("http://127.0.0.1:{}/v1/{path}", self.port));
        request = request.header("X-Authrocket-Api-Key", &self.key).header("X-Authrocket-Realm", &self.realm);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    async fn json(&self, method: Method, path: &str, body: Option<Value>, status: u16) -> Value {
        let (is, text) = self.call(method, path, body).await.expect("an answer");
        assert_eq!(is, status, "{path}: {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    async fn user(&self, name: &str) -> Value {
        self.json(Method::POST, "users", Some(person(name)), 201).await
    }

    async fn session(&self, user: &Value) -> String {
        let body = json!({"session": {"user_id": user["id"]}});
        let made = self.json(Method::POST, "sessions", Some(body), 201).await;
        made["token"].as_str().expect("a token").to_owned()
    }
}

fn person(name: &str) -> Value {
    json!({"user": {"user_type": "human", "username": name, "email": format!("{name}@example.com"),
        "password": "tr0mbone-under-glass"}})
}

/// Makes users until the server is gone; returns those that were acknowledged.
async fn write(at: Arc<Installation>, writer: usize, count: Arc<AtomicUsize>, enough: Arc<Notify>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let name = format!("w{writer}-{number}");
        let Ok((status, text)) = at.call(Method::POST, "users", Some(person(&name))).await else { break };
        assert_eq!(status, 201, "{text}");
        acknowledged.push(name);
        if count.fetch_add(1, Ordering::AcqRel) + 1 == ENOUGH {
            enough.notify_one();
        }
    }
    acknowledged
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill(#[case] engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = Arc::new(Installation::make(engine, folder.path()).await);
    let mut server = at.serve().await;
    let user = at.user("ada").await;
    let (ended, kept) = (at.session(&user).await, at.session(&user).await);

    let (count, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(Arc::clone(&at), writer, Arc::clone(&count), Arc::clone(&enough)));
    }
    enough.notified().await;
    // The last thing before the cut, under load.
    at.json(Method::DELETE, &format!("sessions/{ended}"), None, 204).await;
    server.kill();
    let acknowledged: Vec<String> = writers.join_all().await.into_iter().flatten().collect();
    assert!(acknowledged.len() >= ENOUGH, "only {} were acknowledged", acknowledged.len());

    let _server = at.serve().await;
    for name in &acknowledged {
        let found = at.json(Method::GET, &format!("users/{name}"), None, 200).await;
        assert_eq!(found["email"], format!("{name}@example.com"));
        assert_eq!(found["credentials"].as_array().map(Vec::len), Some(1), "whole: {found}");
    }
    at.json(Method::GET, &format!("sessions/{ended}"), None, 404).await;
    at.json(Method::GET, &format!("sessions/{kept}"), None, 200).await;
    let login = json!({"password": "tr0mbone-under-glass"});
    let path = format!("users/{}/authenticate", acknowledged[acknowledged.len() - 1]);
    at.json(Method::POST, &path, Some(login), 200).await;
}

/// An import that is killed again and again goes on where it was, and takes each line once.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_import_goes_on(#[case] engine: Engine) {
    const LINES: usize = 8_000;
    let folder = tempfile::tempdir().expect("a folder");
    let installation = Installation::make(engine, folder.path()).await;
    let command = || {
        let mut command = command(folder.path(), &installation.database, installation.port);
        command.env("GANTRY_RS256_KEYS_AHEAD", "0");
        command
    };
    let lines = (0..LINES).map(|n| {
        json!({"object": "user", "username": format!("user{n}"), "email": format!("user{n}@example.com")}).to_string()
    });
    let file = folder.path().join("users.jsonl");
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("written");
    let (mut kills, mut resumed) = (0, 0);
    loop {
        let mut import = tokio::process::Command::from(command());
        import.arg("import").arg(&file).args(["--realm", &installation.realm]);
        let mut child = import.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
        // Each run is given a little longer, so that the last one comes to the end.
        let patience = Duration::from_millis(300 + 100 * kills);
        if tokio::time::timeout(patience, child.wait()).await.is_err() {
            child.kill().await.expect("killed");
            kills += 1;
        }
        let output = child.wait_with_output().await.expect("it has ended");
        resumed += usize::from(String::from_utf8_lossy(&output.stderr).contains("goes on behind line"));
        if output.status.success() {
            break;
        }
        assert!(kills < 200, "it never ends: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(kills > 0 && resumed > 0, "{kills} kills, {resumed} resumed: the file is too short for this machine");
    let out = folder.path().join("out.csv");
    let mut export = command();
    export.arg("export").args(["--realm", &installation.realm, "--kind", "user", "--out"]).arg(&out);
    assert!(export.status().expect("it runs").success());
    let text = std::fs::read_to_string(out).expect("a file");
    let users = text.lines().filter(|line| line.starts_with("user") && !line.starts_with("username")).count();
    assert_eq!(users, LINES);
}
