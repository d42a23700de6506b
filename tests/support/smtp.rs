//! A real mail server, nodemailer's, on a port of its own. `smtp.mjs` says what it does with which receiver.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use gantry_jobs::emails::smtp::{Smtp, SmtpSettings};
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::certificates;

/// Generous: it only delays a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// User and password that the server takes, as they stand in a URL.
pub const LOGIN: &str = "me%40example.com:p%3A%2F%23%25%C3%A4@";

/// A running mail server. It ends with the value.
pub struct MailServer {
    pub port: u16,
    child: Child,
    /// The server ends when this does.
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    seen: Vec<Value>,
}

/// What happened at a mail server, in order.
pub struct Log {
    events: Vec<Value>,
}

/// A mail as it arrived.
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// It came over TLS.
    pub tls: bool,
    /// Who had logged in.
    pub user: Option<String>,
    /// Head and body.
    pub raw: String,
}

impl MailServer {
    /// Of the kinds in `smtp.mjs`, with the certificate of this name.
    pub async fn start(kind: &str, certificate: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/smtp.mjs");
        let file = |ending: &str| certificates().join(format!("{certificate}.{ending}"));
        let mut node = Command::new("node");
        node.arg(script).arg(kind).arg(file("key")).arg(file("pem")).env("GANTRY_NODE_MODULES", node_modules());
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().expect("node runs");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut server = Self { port: 0, child, input, output, seen: Vec::new() };
        let port = server.until("listening").await["port"].as_u64();
        server.port = port.and_then(|port| port.try_into().ok()).expect("a port");
        server
    }

    /// Waits for the next event of this name.
    pub async fn until(&mut self, name: &str) -> Value {
        loop {
            let line = timeout(PATIENCE, self.output.next_line()).await.expect("the server tells it in time");
            let line = line.expect("its output").expect("it goes on");
            let event: Value = serde_json::from_str(&line).expect("JSON");
            self.seen.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The settings of a Gantry that sends through it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let ca = certificates().join("ca.pem").display().to_string();
        vec![("mail.smtp_url", format!("smtp://{LOGIN}localhost:{}", self.port)), ("mail.smtp_ca_file", ca)]
    }

    /// The way to it as `localhost`, by its own authority's word; the URL without the host is `before` and `after`.
    pub fn smtp(&self, before: &str, after: &str) -> Smtp {
        self.smtp_within(before, after, PATIENCE)
    }

    /// With another limit than the tests' usual one.
    pub fn smtp_within(&self, before: &str, after: &str, limit: Duration) -> Smtp {
        gantry::app::install_crypto();
        let settings = SmtpSettings {
            url: SecretString::from(format!("{before}localhost:{}{after}", self.port)),
            ca_file: Some(certificates().join("ca.pem")),
            timeout: limit,
            name: "gantry.example.com".to_owned(),
        };
        Smtp::open(&settings).unwrap_or_else(|why| panic!("{why}"))
    }

    /// Ends the server; everything that happened.
    pub async fn end(mut self) -> Log {
        drop(self.input.take());
        while let Some(line) = timeout(PATIENCE, self.output.next_line()).await.expect("it ends").expect("its output") {
            self.seen.push(serde_json::from_str(&line).expect("JSON"));
        }
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("its status");
        Log { events: self.seen }
    }
}

impl Log {
    /// The commands, in capitals, with whether they came over TLS.
    pub fn commands(&self) -> Vec<(&str, bool)> {
        let commands = self.of("command").map(|event| (event["name"].as_str(), event["tls"].as_bool()));
        commands.map(|(name, tls)| (name.expect("a name"), tls.expect("yes or no"))).collect()
    }

    /// How often this happened.
    pub fn count(&self, name: &str) -> usize {
        self.of(name).count()
    }

    /// The mails that were taken.
    pub fn mails(&self) -> Vec<Received> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let mail = |event: &Value| Received {
            from: text(&event["from"]),
            to: event["to"].as_array().expect("a list").iter().map(text).collect(),
            tls: event["tls"].as_bool().expect("yes or no"),
            user: event["user"].as_str().map(str::to_owned),
            raw: text(&event["raw"]),
        };
        self.of("mail").map(mail).collect()
    }

    fn of(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.events.iter().filter(move |event| event["event"] == name)
    }
}

#[expect(clippy::disallowed_methods, reason = "how the test runner tells where npm's packages are")]
pub fn node_modules() -> PathBuf {
    std::env::var_os("GANTRY_NODE_MODULES").expect("GANTRY_NODE_MODULES is set by `cargo xtask test`").into()
}
