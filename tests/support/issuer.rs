//! A real OpenID provider, npm's `oidc-provider`, on a port of its own; `oidc.mjs` says how it is set up.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

use super::{Answer, Browser};

/// Generous: it only delays a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running provider. It ends with the value.
pub struct Issuer {
    pub address: String,
    /// Its clock, epoch milliseconds.
    pub now_ms: i64,
    host: String,
    _child: Child,
}

impl Issuer {
    /// For a client that comes back there.
    pub async fn start(callback: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/oidc.mjs");
        let mut node = Command::new("node");
        node.arg(script).arg(callback).env("GANTRY_NODE_MODULES", super::node_modules());
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let told = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.expect("in time").expect("its output");
            if let Ok(told) = serde_json::from_str::<Value>(&line.expect("it listens")) {
                break told;
            }
        };
        let host = format!("localhost:{}", told["port"]);
        Self { address: format!("http://{host}"), now_ms: told["now"].as_i64().expect("a time"), host, _child: child }
    }

    /// The person logs in there by the page's button: the address to which that sends their browser.
    pub async fn agree(&self, client: &reqwest::Client, address: &str) -> Url {
        let address_here = format!("http://127.0.0.1:{}", self.host.rsplit(':').next().expect("a port"));
        let browser = Browser::new(client.clone(), &address_here, &self.host);
        let mut url = Url::parse(address).expect("an address");
        for _ in 0..10 {
            let path = format!("{}{}", url.path(), url.query().map(|query| format!("?{query}")).unwrap_or_default());
            let answer = browser.get(&path).await;
            let answer: Answer = if answer.status == 200 {
                assert!(answer.text.contains("I am Ada"), "{}", answer.text);
                browser.send(reqwest::Method::POST, &path, &[], &[]).await
            } else {
                answer
            };
            assert!((300..400).contains(&answer.status), "{path}: {} {}", answer.status, answer.text);
            let next = url.join(answer.header("location")).expect("an address");
            if next.origin() != url.origin() {
                return next;
            }
            url = next;
        }
        panic!("the issuer sends the browser in circles")
    }
}
