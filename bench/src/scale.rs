//! Read latency with ten thousand and with a million users in one realm: one HTTP call at a time, with a warm cache.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::crowd::{self, Crowd, username};
use crate::site::Site;

const MOST_P99_MS: f64 = 20.0;
const MOST_GROWTH: f64 = 1.3;

/// What to measure.
#[derive(Args)]
pub struct Scale {
    /// The server to measure
    #[arg(long)]
    pub program: PathBuf,
    /// An empty folder on a real disk
    #[arg(long)]
    pub folder: PathBuf,
    /// An empty PostgreSQL database for each size, in their order
    #[arg(long, num_args = 2)]
    pub postgres: Vec<String>,
    /// File for the report as JSON
    #[arg(long)]
    pub out: PathBuf,
    /// The sizes that are compared
    #[arg(long, num_args = 2, default_values_t = [10_000, 1_000_000])]
    pub users: Vec<usize>,
    /// Calls of each kind
    #[arg(long, default_value_t = 2_000)]
    pub calls: usize,
}

/// One kind of call on one engine.
#[derive(Serialize)]
struct Row {
    engine: &'static str,
    what: &'static str,
    /// Median in milliseconds, per size.
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
    /// Ratio of the medians at the larger and the smaller size.
    growth: f64,
    met: bool,
}

struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
}

/// A kind of call: its name, and a function that creates the call with this number.
type Kind = (&'static str, fn(&Crowd, usize) -> Call);

const KINDS: [Kind; 8] = [
    ("get by id", |crowd, n| get(format!("users/{}", crowd.ids[n % crowd.ids.len()]))),
    ("get by username", |crowd, n| get(format!("users/{}", username(spread(crowd, n))))),
    ("list by reference", |crowd, n| get(format!("users?reference=R-{}", spread(crowd, n)))),
    ("list, first page", |_, _| get("users?max_results=100".to_owned())),
    ("list, last page", |crowd, _| get(format!("users?max_results=100&after={}", crowd.before_last_page))),
    ("search by q", |crowd, n| get(format!("users?max_results=100&q={}", &username(spread(crowd, n))[..9]))),
    ("events of a busy user", |crowd, _| get(format!("events?max_results=100&user_id={}", crowd.busy))),
    ("create a user", |_, n| {
        let user =
            json!({"user": {"user_type": "api", "username": format!("new{n}"), "email": format!("new{n}@b.com")}});
        Call { method: Method::POST, path: "users".to_owned(), body: Some(user) }
    }),
];

fn get(path: String) -> Call {
    Call { method: Method::GET, path, body: None }
}

/// Maps a number to a user, far from the user of the previous number.
fn spread(crowd: &Crowd, number: usize) -> usize {
    number.wrapping_mul(7_919_999) % crowd.seeded.users
}

impl Scale {
    /// Measures both sizes on both engines; prints and saves the table.
    pub async fn run(&self) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        for engine in ["SQLite", "PostgreSQL"] {
            let mut of_sizes = Vec::new();
            for (at, users) in self.users.iter().enumerate() {
                of_sizes.push(self.measure(engine, at, *users).await?);
            }
            for (kind, (what, _)) in KINDS.iter().enumerate() {
                let times: Vec<(f64, f64)> = of_sizes.iter().map(|times| times[kind]).collect();
                let growth = times[1].0 / times[0].0;
                let is_read = *what != "create a user";
                let met = !is_read || (times[1].1 <= MOST_P99_MS && growth < MOST_GROWTH);
                let (p50_ms, p99_ms) = times.into_iter().unzip();
                rows.push(Row { engine, what, p50_ms, p99_ms, growth, met });
            }
        }
        self.print(&rows);
        Ok(std::fs::write(&self.out, format!("{}\n", serde_json::to_string_pretty(&rows)?))?)
    }

    /// Returns median and 99th percentile of each kind of call.
    async fn measure(&self, engine: &'static str, at: usize, users: usize) -> anyhow::Result<Vec<(f64, f64)>> {
        println!("{engine} with {users} users");
        let data = self.folder.join(format!("{engine}-{users}"));
        std::fs::create_dir(&data)?;
        let url = match engine {
            "SQLite" => format!("sqlite:{}", data.join("gantry.db").display()),
            _ => self.postgres[at].clone(),
        };
        let crowd = crowd::gather(&data, &url, users).await?;
        let site = Site::open(engine, &self.program, data.clone(), &url, crowd.seeded.clone()).await?;
        let mut times = Vec::new();
        for (what, call) in KINDS {
            times.push(self.time(&site, &crowd, what, call).await?);
        }
        site.server.stop().await?;
        std::fs::remove_dir_all(&data)?;
        Ok(times)
    }

    async fn time(
        &self,
        site: &Site,
        crowd: &Crowd,
        what: &str,
        call: fn(&Crowd, usize) -> Call,
    ) -> anyhow::Result<(f64, f64)> {
        let mut times = Vec::with_capacity(self.calls);
        for number in 0..self.calls {
            let Call { method, path, body } = call(crowd, number);
            let mut request = site.request(method, &path);
            if let Some(body) = &body {
                request = request.json(body);
            }
            let begun = Instant::now();
            let answer = request.send().await?;
            let (status, text) = (answer.status(), answer.text().await?);
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            ensure!(status.is_success(), "{what}: {path}: {status} {text}");
            ensure!(!path.contains('?') || text.contains("\"id\""), "{what}: {path} finds nothing: {text}");
        }
        // The first tenth warms the caches.
        let mut warm = times.split_off(self.calls / 10);
        warm.sort_by(f64::total_cmp);
        let at = |percent: usize| warm.get(warm.len() * percent / 100).copied().context("no calls");
        Ok((at(50)?, at(99)?))
    }

    fn print(&self, rows: &[Row]) {
        println!("\none call at a time through HTTP, {} of each kind, warm; milliseconds", self.calls);
        let sizes: Vec<String> = self.users.iter().map(|users| format!("{users} users")).collect();
        println!("{:<36} {:>21} {:>21} {:>8}", "", sizes[0], sizes[1], "growth");
        println!("{:<36} {:>10} {:>10} {:>10} {:>10} {:>8}", "", "p50", "p99", "p50", "p99", "of p50");
        for Row { engine, what, p50_ms, p99_ms, growth, met } in rows {
            println!(
                "{:<36} {:>10.2} {:>10.2} {:>10.2} {:>10.2} {growth:>8.2}  {}",
                format!("{what}, {engine}"),
                p50_ms[0],
                p99_ms[0],
                p50_ms[1],
                p99_ms[1],
                if *met { "met" } else { "MISSED" },
            );
        }
    }
}
