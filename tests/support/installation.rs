//! The real binary with a database of its own, which can be killed and started again.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use super::{Engine, fresh_database};

/// Where the binary, its data and its database are, and how to speak to it.
pub struct Installation {
    pub data: PathBuf,
    pub database: String,
    pub port: u16,
    pub client: reqwest::Client,
    pub key: String,
    pub realm: String,
    /// The host of its login pages, with the port.
    pub login_host: String,
}

/// A running server; killed with the value.
pub struct Running(Child);

impl Running {
    /// Ends it as a power cut would: no signal handler runs.
    pub fn kill(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("it is gone");
    }
}

impl Running {
    /// The process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// What its memory comes to, in KiB: now (`VmRSS`) or at most so far (`VmHWM`), as the system counts it.
    pub fn memory(&self, counter: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(counter)?.strip_prefix(':'));
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok()).expect("a number of KiB")
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

pub fn command(data: &Path, database: &str, port: u16) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().current_dir(data).stdin(Stdio::null());
    command.env("GANTRY_PASSWORD_MEMORY_KIB", "64").env("GANTRY_PASSWORD_PASSES", "1");
    command.env("GANTRY_DATABASE_URL", database);
    command.arg("--data").arg(data).arg("--listen").arg(format!("127.0.0.1:{port}"));
    command
}

impl Installation {
    /// An account, a realm and a key, made by `gantry quickstart`.
    pub async fn make(engine: Engine, data: &Path) -> Self {
        gantry::app::install_crypto();
        let database = fresh_database(engine, data).await;
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut quickstart = command(data, &database, port);
        quickstart.args(["quickstart", "--app-url", "https://app.example.com/", "--email", "owner@example.com"]);
        quickstart.args(["--usernames", "standard"]);
        let output = quickstart.output().expect("the binary runs; `cargo build -p gantry` makes it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout).expect("text");
        let value = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name} in {told}")).to_owned()
        };
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let realm = value("AUTHROCKET_REALM");
        let mut keys = command(data, &database, port);
        let made =
            keys.args(["keys", "create", "--name", "tests", "--access", "admin_account"]).output().expect("runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let key = String::from_utf8(made.stdout).expect("text").trim().to_owned();
        let login = url::Url::parse(&value("AUTHROCKET_LOGIN_URL")).expect("an address");
        let login_host = format!("{}:{port}", login.host_str().expect("a host"));
        Self { data: data.to_owned(), database, port, client, key, realm, login_host }
    }

    /// Starts the server and returns once it says that it serves.
    pub async fn serve(&self) -> Running {
        self.serve_with(&[]).await
    }

    /// The same with settings as environment variables.
    pub async fn serve_with(&self, settings: &[(&str, &str)]) -> Running {
        let mut serve = command(&self.data, &self.database, self.port);
        serve.envs(settings.iter().copied()).arg("serve");
        self.serve_as(serve).await
    }

    /// The same by this command.
    pub async fn serve_as(&self, mut serve: Command) -> Running {
        let mut child = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
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
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<(u16, String)> {
        let mut request = self.client.request(method, format!("http://127.0.0.1:{}/v1/{path}", self.port));
        request = request.header("X-Authrocket-Api-Key", &self.key).header("X-Authrocket-Realm", &self.realm);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    pub async fn json(&self, method: Method, path: &str, body: Option<Value>, status: u16) -> Value {
        let (is, text) = self.call(method, path, body).await.expect("an answer");
        assert_eq!(is, status, "{path}: {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    pub async fn user(&self, name: &str) -> Value {
        self.json(Method::POST, "users", Some(person(name)), 201).await
    }

    pub async fn session(&self, user: &Value) -> String {
        let body = json!({"session": {"user_id": user["id"]}});
        let made = self.json(Method::POST, "sessions", Some(body), 201).await;
        made["token"].as_str().expect("a token").to_owned()
    }
}

/// What makes a person with the password `tr0mbone-under-glass`.
pub fn person(name: &str) -> Value {
    json!({"user": {"user_type": "human", "username": name, "email": format!("{name}@example.com"),
        "password": "tr0mbone-under-glass"}})
}
