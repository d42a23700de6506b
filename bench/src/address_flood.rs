//! Guesses beyond the rate limit during a flood of cheap calls from very many networks: none may be accepted, on one
//! node, on two, or after a restart.
//!
//! A user's attempts are refilled one by one over a thousand minutes here, so that none is refilled during the flood.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use gantry_crypto::totp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::hosted::{Form, HOST};
use crate::seed;
use crate::server::Server;
use crate::wrk::Wrk;

/// Number of wrong passwords, and of wrong codes, that a user is allowed.
const TRIES: usize = 10;
/// Number of wrong codes that one pending login allows.
const CODES_OF_A_LOGIN: usize = 5;
const WRONG: &str = "wrong-but-long-enough";
const CONNECTIONS: u32 = 16;
/// Upper bound for the duration, far beyond what a flood needs.
const LONGEST: Duration = Duration::from_hours(2);

const ENVIRONMENT: [(&str, &str); 4] = [
    ("GANTRY_TRIES_MINUTES", "1000"),
    ("GANTRY_TRIES_PER_ADDRESS", "50"),
    // Without this, the app's signup limit would refuse all addresses after the first five hundred before they count.
    ("GANTRY_TRIES_SIGNUPS_PER_APP", "0"),
    ("GANTRY_RATES_CALLS_PER_MINUTE", "600"),
];

/// Who floods, and what.
#[derive(Args)]
pub struct AddressFlood {
    /// The server
    #[arg(long)]
    program: PathBuf,
    /// An empty folder on a real disk
    #[arg(long)]
    folder: PathBuf,
    /// An empty PostgreSQL database
    #[arg(long)]
    postgres: String,
    /// /64s that share no /48
    #[arg(long, default_value_t = 131_072)]
    apart: u32,
    /// /64s of one /48
    #[arg(long, default_value_t = 65_536)]
    neighbours: u32,
}

impl AddressFlood {
    /// Floods one node on SQLite and two on PostgreSQL.
    ///
    /// # Errors
    /// Fails on the first guess that was accepted, and if the flood could not be run.
    pub async fn run(self) -> anyhow::Result<()> {
        for (engine, url, nodes) in [
            ("SQLite", format!("sqlite:{}", self.folder.join("flood.sqlite3").display()), 1),
            ("PostgreSQL", self.postgres.clone(), 2),
        ] {
            println!("{engine}: {nodes} node(s)");
            let data = self.folder.join(engine);
            std::fs::create_dir(&data)?;
            let seeded = seed::fill(&data, &url, 3).await?;
            let start = async || {
                let mut started = Vec::new();
                for _ in 0..nodes {
                    started.push(start(&self.program, &data, &url).await?);
                }
                anyhow::Ok(started)
            };
            let client = reqwest::Client::builder().build()?;
            let victim = Victim { client, api_key: seeded.api_key, realm: seeded.realm, password: seeded.password };
            let servers = start().await?;
            let exhausted = victim.exhaust(&servers).await?;
            for server in &servers {
                self.flood(server).await?;
            }
            victim.guess_again(&servers, &exhausted).await.context("after the flood")?;
            for server in servers {
                server.stop().await?;
            }
            let servers = start().await?;
            victim.guess_again(&servers, &exhausted).await.context("after a restart")?;
            for server in servers {
                server.stop().await?;
            }
        }
        println!("No guess more than the limit.");
        Ok(())
    }

    /// Sends every call that counts toward an address's limits from each address.
    async fn flood(&self, server: &Server) -> anyhow::Result<()> {
        let form = Form::at(server.address, "/login").await?;
        let body =
            format!("csrf={}&username=nobody&email=nobody%40example.com&password=&token=kpw_none&code=1", form.csrf);
        let environment = [
            ("CALLS", calls(&server.address.to_string())),
            ("ADDRESSES", self.apart.to_string()),
            ("NEIGHBOURS", self.neighbours.to_string()),
            ("BODY", body),
            ("COOKIE", form.cookie),
        ];
        let script = "address_flood.lua";
        let wrk = Wrk {
            script,
            address: server.address,
            connections: CONNECTIONS,
            time: LONGEST,
            delay_ms: 0,
            environment: &environment,
        };
        let (told, load) = wrk.output().await?;
        println!("{told}");
        println!(
            "{} calls, {:.0} a second, server's memory {:.0} MiB",
            load.requests,
            load.per_second(),
            server.peak_mib()?
        );
        let is_fault = |line: &&str| match line.split(' ').collect::<Vec<_>>()[..] {
            ["GET" | "POST", _, status, _] => status.starts_with('5'),
            _ => false,
        };
        let faults: Vec<&str> = told.lines().filter(is_fault).collect();
        ensure!(faults.is_empty(), "answers of 500 and above: {faults:?}");
        Ok(())
    }
}

/// Returns every form and call that changes or counts something, except those that only show a page, and an API login.
fn calls(api: &str) -> String {
    let listed =
        gantry_loginrocket::listed().into_iter().map(|(method, path)| (method, path.replace("{provider}", "nobody")));
    let counted = listed.filter(|(method, path)| *method == "POST" || path == "/auth/nobody");
    let mut calls: Vec<String> = counted.map(|(method, path)| format!("{method} {path} {HOST}\n")).collect();
    calls.push(format!("POST /v1/users/user0/authenticate {api}\n"));
    calls.concat()
}

async fn start(program: &Path, data: &Path, url: &str) -> anyhow::Result<Server> {
    let data = data.display().to_string();
    Server::start_with(program, &["serve", "--data", &data, "--database-url", url], &ENVIRONMENT).await
}

/// A realm whose first user's password and second user's code are guessed.
struct Victim {
    client: reqwest::Client,
    api_key: String,
    realm: String,
    password: String,
}

/// State obtained before the limit was reached.
struct Exhausted {
    /// Pending login of the second user that still allows codes.
    pending: String,
}

impl Victim {
    /// Uses up all attempts, on all nodes in turn.
    async fn exhaust(&self, servers: &[Server]) -> anyhow::Result<Exhausted> {
        self.enrol(&servers[0]).await?;
        let mut nodes = servers.iter().cycle();
        let mut pending = Vec::new();
        for _ in 0..=TRIES / CODES_OF_A_LOGIN {
            let (status, answer) = self.authenticate(&servers[0], "user1", &self.password).await?;
            ensure!(status == StatusCode::OK, "a first step: {status} {answer}");
            pending.push(answer["token"].as_str().context("a pending login's token")?.to_owned());
        }
        for nth in 0..TRIES {
            let node = nodes.next().context("no node")?;
            let (status, _) = self.authenticate(node, "user0", WRONG).await?;
            ensure!(status == StatusCode::UNAUTHORIZED, "wrong password {nth}: {status}");
            let status = self.code(node, &pending[nth / CODES_OF_A_LOGIN]).await?;
            ensure!(status == StatusCode::UNAUTHORIZED, "wrong code {nth}: {status}");
        }
        let exhausted = Exhausted { pending: pending.pop().context("a pending login")? };
        self.guess_again(servers, &exhausted).await.context("before the flood")?;
        Ok(exhausted)
    }

    /// Submits right and wrong guesses, all of which must be refused with 429.
    async fn guess_again(&self, servers: &[Server], exhausted: &Exhausted) -> anyhow::Result<()> {
        for server in servers {
            for password in [&*self.password, WRONG].repeat(TRIES) {
                let (status, _) = self.authenticate(server, "user0", password).await?;
                ensure!(status == StatusCode::TOO_MANY_REQUESTS, "a password: {status}");
            }
            for _ in 0..TRIES {
                let status = self.code(server, &exhausted.pending).await?;
                ensure!(status == StatusCode::TOO_MANY_REQUESTS, "a code: {status}");
            }
            let (status, _) = self.authenticate(server, "user2", &self.password).await?;
            ensure!(status == StatusCode::OK, "another user: {status}");
        }
        println!("guesses are refused, and another user logs in");
        Ok(())
    }

    /// Enrolls a TOTP device for the second user.
    async fn enrol(&self, server: &Server) -> anyhow::Result<()> {
        let provider = json!({"auth_provider": {"provider_type": "totp"}});
        let (_, provider) = self.call(server, "auth_providers", &provider).await?;
        let device = json!({"credential": {"user_id": "user1", "auth_provider_id": provider["id"],
            "credential_type": "totp", "name": "Phone"}});
        let (status, device) = self.call(server, "credentials", &device).await?;
        let secret = device["otp_secret"].as_str().and_then(totp::from_base32);
        let secret = secret.with_context(|| format!("a device: {status} {device}"))?;
        let now_ms = i64::try_from(std::time::UNIX_EPOCH.elapsed()?.as_millis())?;
        let code =
            (0..1_000_000).map(|code| format!("{code:06}")).find(|code| totp::step(&secret, code, now_ms).is_some());
        let id = device["id"].as_str().context("a device's id")?;
        let (status, answer) =
            self.call(server, &format!("credentials/{id}/verify"), &json!({"credential": {"code": code}})).await?;
        ensure!(status == StatusCode::OK, "the device's code: {status} {answer}");
        Ok(())
    }

    async fn authenticate(&self, server: &Server, user: &str, password: &str) -> anyhow::Result<(StatusCode, Value)> {
        self.call(server, &format!("users/{user}/authenticate"), &json!({"password": password})).await
    }

    async fn code(&self, server: &Server, token: &str) -> anyhow::Result<StatusCode> {
        let body = json!({"user": {"token": token, "code": "wrong1"}});
        Ok(self.call(server, "users/user1/authenticate_code", &body).await?.0)
    }

    async fn call(&self, server: &Server, path: &str, body: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let url = format!("http://{}/v1/{path}", server.address);
        let request = self.client.request(Method::POST, url).json(body);
        let request = request.header("x-authrocket-api-key", &self.api_key).header("x-authrocket-realm", &self.realm);
        let answer = request.send().await?;
        Ok((answer.status(), answer.json().await.unwrap_or(Value::Null)))
    }
}
